import type { Filter } from '@kindred/contracts';

/** What passes both. Conditions keep their depth, unless both filters have a "should". */
export function bothFilters(one: Filter | undefined, other: Filter | undefined): Filter | undefined {
  if (!one || !other) return one ?? other;
  const [first, second] = [one.should, other.should];
  const wrapped = { must: [], should: second, mustNot: [] };
  const apart = first.length > 0 && second.length > 0;
  return {
    must: [...one.must, ...other.must, ...(apart ? [{ kind: { $case: 'filter' as const, value: wrapped } }] : [])],
    should: apart ? first : [...first, ...second],
    mustNot: [...one.mustNot, ...other.mustNot],
  };
}
