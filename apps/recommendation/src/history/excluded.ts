import type { Exclusions } from '../scenario/scenario.ts';
import { impressionBit, type JudgedItem, kindBits, ownedBit, refusedBit } from './judged-items.ts';

export type Exclusion = 'disliked' | 'bought' | 'owned' | 'seen';

const daySeconds = 86_400;

/** Why an item never comes; undefined where nothing keeps it away. `now` in seconds since 1970. */
export function exclusionOf(item: JudgedItem, exclude: Exclusions, now: number): Exclusion | undefined {
  const { kinds, bought_at: boughtAt } = item;
  if (exclude.disliked && kinds & refusedBit) return 'disliked';
  // What may be bought again was seen, and perhaps liked or rated, of course.
  if (exclude.bought && kinds & kindBits.purchase) return now < againAt(boughtAt, exclude) ? 'bought' : undefined;
  if (exclude.owned && kinds & ownedBit) return 'owned';
  return exclude.seen && kinds & ~impressionBit ? 'seen' : undefined;
}

/** When what was bought may come again, in seconds since 1970; never is infinity. */
export const againAt = (boughtAt: number | null, { boughtAgainAfterDays: days }: Exclusions): number =>
  days === undefined ? Number.POSITIVE_INFINITY : (boughtAt ?? 0) + days * daySeconds;

/** Ids of the items that never come. */
export function excludedIds(items: readonly JudgedItem[], exclude: Exclusions, now: number): Set<string> {
  return new Set(items.filter((item) => exclusionOf(item, exclude, now)).map((item) => item.item_id));
}
