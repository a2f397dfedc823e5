import { describe, expect, it } from 'vitest';
import { noExclusions, usualExclusions } from '../scenario/scenario.ts';
import { exclusionOf } from './excluded.ts';
import { impressionBit, kindBits, ownedBit, refusedBit } from './judged-items.ts';

const now = 1_800_000_000;
const day = 86_400;
const item = (kinds: number, boughtAt: number | null = null) => ({
  item_id: 'a',
  strength: 1,
  kinds,
  met_at: now,
  bought_at: boughtAt,
  impressions: 0,
});
const refill = { ...noExclusions, bought: true, boughtAgainAfterDays: 30 };

describe('exclusionOf', () => {
  it.each([
    ['a dislike, whatever else there was', item(kindBits.like | ownedBit | refusedBit), usualExclusions, 'disliked'],
    ['a purchase', item(kindBits.purchase, now), usualExclusions, 'bought'],
    ['a like', item(kindBits.like | ownedBit), usualExclusions, 'owned'],
    ['a view', item(kindBits.view), usualExclusions, undefined],
    ['a view where what was seen stays away', item(kindBits.view), { ...usualExclusions, seen: true }, 'seen'],
    ['an impression alone', item(impressionBit), { ...usualExclusions, seen: true }, undefined],
    ['a purchase of yesterday, to be bought again', item(kindBits.purchase, now - day), refill, 'bought'],
    ['a purchase of last month, to be bought again', item(kindBits.purchase, now - 31 * day), refill, undefined],
    [
      'the same where what was seen stays away',
      item(kindBits.purchase, now - 31 * day),
      { ...refill, seen: true },
      undefined,
    ],
    [
      'the same where it was rated too, and what is owned stays away',
      item(kindBits.purchase | kindBits.rating | ownedBit, now - 31 * day),
      { ...refill, owned: true },
      undefined,
    ],
    [
      'a like and a purchase of yesterday',
      item(kindBits.purchase | kindBits.like | ownedBit, now - day),
      { ...refill, owned: true },
      'bought',
    ],
    [
      'a like alone beside what may be bought again',
      item(kindBits.like | ownedBit),
      { ...refill, owned: true },
      'owned',
    ],
    [
      'anything where nothing is excluded',
      item(kindBits.purchase | ownedBit | refusedBit, now),
      noExclusions,
      undefined,
    ],
  ])('%s', (_, judged, exclude, expected) => {
    expect(exclusionOf(judged, exclude, now)).toBe(expected);
  });
});
