import { limits } from '@kindred/contracts';
import { refusal } from '../refusal.ts';

/** How many matches are asked for. Throws LIMIT_OUT_OF_RANGE by the name that the caller's user wrote. */
export function matchCount(count: number | undefined, field: string): number {
  if (Number.isInteger(count) && count! >= 1 && count! <= limits.pageLimit) return count!;
  const problem = `is ${count}; it must be a whole number from 1 to ${limits.pageLimit}`;
  throw refusal('LIMIT_OUT_OF_RANGE', field, problem);
}
