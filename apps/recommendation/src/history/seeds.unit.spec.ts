import { describe, expect, it } from 'vitest';
import { settingsOf } from '../settings.ts';
import { kindBits, refusedBit } from './judged-items.ts';
import { seedsOf } from './seeds.ts';

const { signals } = settingsOf();
const judged = (item_id: string, met_at: number, kinds: number = kindBits.like, strength = 1) => ({
  item_id,
  strength,
  kinds,
  met_at,
  bought_at: null,
  impressions: 0,
});

describe('seedsOf', () => {
  it('weighs the newest most, and takes no more than 300', () => {
    const items = Array.from({ length: 400 }, (_, at) => judged(`i${at}`, at));
    const seeds = seedsOf({ items }, { halfLife: 20, lasting: 0.25 }, signals);
    expect(seeds).toHaveLength(300);
    expect(seeds[0]).toMatchObject({ itemId: 'i399', weight: 1 });
    expect(seeds[20]!.weight).toBeCloseTo(0.625, 10);
    expect(seeds.at(-1)!.weight).toBeGreaterThan(0.25);
  });

  it('leaves out what was refused or says nothing, and names the event that speaks loudest', () => {
    const items = [
      judged('no', 3, kindBits.like | refusedBit, -0.5),
      judged('shown', 2, 0, 0),
      judged('cart', 1, kindBits.view | kindBits.add_to_cart, 0.7),
    ];
    expect(seedsOf({ items }, { halfLife: 20 }, signals)).toEqual([
      { itemId: 'cart', weight: 0.7, type: 'add_to_cart' },
    ]);
  });
});
