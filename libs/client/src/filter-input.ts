import type { Condition, Filter } from '@kindred/contracts';
import { where } from './filter.ts';
import { parseFilter } from './parse-filter.ts';

/** What methods take as `filter`: what the builder makes, or text like "supplier = Logitech and price < 30". */
export type FilterInput = Filter | Condition | string;

/** From any of the forms a filter is given in. */
export function filterOf(input: FilterInput | undefined): Filter | undefined {
  if (input === undefined) return undefined;
  if (typeof input === 'string') return parseFilter(input);
  return 'must' in input ? input : where(input);
}
