import type { History } from '../history/history.store.ts';
import type { ItemFactors } from '../tables/item-factors.ts';
import type { Found } from './add-up.ts';
import type { FactorQuery } from './factor-source.ts';

interface Remembered {
  /** All that it was made of beside the history. */
  of: string;
  found: Found;
}

/** For as long as the history is held, which counts what this takes. */
const remembered = new WeakMap<History, Remembered>();

/** What was found by these factors for the same history before; undefined where that cannot be known to be the same. */
export function rememberedFound(held: ItemFactors, query: FactorQuery): Found | undefined {
  const known = remembered.get(query.history);
  return known && known.of === originOf(held, query) ? known.found : undefined;
}

export function rememberFound(held: ItemFactors, query: FactorQuery, found: Found): void {
  const of = originOf(held, query);
  if (of !== undefined) remembered.set(query.history, { of, found });
}

/** Undefined where it is more than what the person did, or changes with time alone. */
function originOf({ numbers }: ItemFactors, { recipe, decay, common }: FactorQuery): string | undefined {
  const { from, among, itemIds, scenario } = recipe;
  const { exclude } = scenario;
  if (from !== 'history' || among || itemIds.length > 0 || exclude.boughtAgainAfterDays !== undefined) return undefined;
  return JSON.stringify([numbers.epoch, common.epoch, decay, exclude]);
}
