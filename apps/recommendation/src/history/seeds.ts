import { type RankDecay, rankWeight } from '@kindred/ranking';
import type { Signals } from '../settings.ts';
import { type History } from './history.store.ts';
import { type JudgedItem, kindBits } from './judged-items.ts';

/** What speaks for other items. */
export interface Seed {
  itemId: string;
  weight: number;
  /** Type of the event that a reason names; "seed" for an item that was given, "pick" for one picked. */
  type: string;
}

/** How many of the newest items speak for others. */
const mostSeeds = 300;

/** Items that a person is for, the one met last first. */
export function seedsOf({ items }: Pick<History, 'items'>, decay: RankDecay, signals: Signals): Seed[] {
  const spoken = newestFirst(items).filter(({ strength }) => strength > 0);
  return spoken.slice(0, mostSeeds).map((item, rank) => ({
    itemId: item.item_id,
    weight: item.strength * rankWeight(rank, decay),
    type: loudestKind(item.kinds, signals),
  }));
}

/** Seeds of given items, each as loud as the others. */
export const givenSeeds = (itemIds: readonly string[], type: 'seed' | 'pick'): Seed[] =>
  itemIds.map((itemId) => ({ itemId, weight: 1, type }));

export const newestFirst = (items: readonly JudgedItem[]): JudgedItem[] =>
  items.toSorted((left, right) => right.met_at - left.met_at || (left.item_id < right.item_id ? -1 : 1));

/** The type of event that a reason names: the one that speaks loudest. */
function loudestKind(kinds: number, signals: Signals): string {
  const strengths: Record<keyof typeof kindBits, number> = {
    ...signals,
    rating: signals.liked_rating,
    watch_portion: signals.watched,
  };
  let loudest = 'view';
  let most = Number.NEGATIVE_INFINITY;
  for (const [type, bit] of Object.entries(kindBits) as [keyof typeof kindBits, number][]) {
    if ((kinds & bit) === 0 || strengths[type] <= most) continue;
    [loudest, most] = [type, strengths[type]];
  }
  return loudest;
}
