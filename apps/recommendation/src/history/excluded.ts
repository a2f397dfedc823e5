import type { Exclusions } from '../scenario/scenario.ts';
import { impressionBit, type JudgedItem, kindBits, ownedBit, refusedBit } from './judged-items.ts';

export type Exclusion = 'disliked' | 'bought' | 'owned' | 'seen';

const daySeconds = 86_400;

/** Why an item never comes; undefined where nothing keeps it away. `now` in seconds since 1970. */
export function exclusionOf(item: JudgedItem, exclude: Exclusions, now: number): Exclusion | undefined {
  const { kinds, bought_at: boughtAt } = item;
  if (exclude.disliked && kinds & refusedBit) return 'disliked';
  const again = exclude.boughtAgainAfterDays;
  const rests = again === undefined || (boughtAt ?? 0) > now - again * daySeconds;
  if (exclude.bought && kinds & kindBits.purchase && rests) return 'bought';
  if (exclude.owned && kinds & ownedBit) return 'owned';
  // What may be bought again was seen, of course.
  const purchased = exclude.bought && kinds & kindBits.purchase;
  return exclude.seen && kinds & ~impressionBit && !purchased ? 'seen' : undefined;
}

/** Ids of the items that never come. */
export function excludedIds(items: readonly JudgedItem[], exclude: Exclusions, now: number): Set<string> {
  return new Set(items.filter((item) => exclusionOf(item, exclude, now)).map((item) => item.item_id));
}
