import type { MetadataFilter as KindredFilter } from '@kindred/client';
import type { MetadataFilter, MetadataFilters } from '@llamaindex/core/vector-store';

const operators: Partial<Record<MetadataFilter['operator'], string>> = {
  '==': '$eq',
  '!=': '$ne',
  '>': '$gt',
  '>=': '$gte',
  '<': '$lt',
  '<=': '$lte',
  in: '$in',
  nin: '$nin',
  // Of a list: has one of them, has it.
  any: '$in',
  contains: '$eq',
};

/** LlamaIndex's filters as the client takes them. Throws a TypeError for an operator that has no counterpart. */
export function filterOf({ filters, condition = 'and' }: MetadataFilters): KindredFilter | undefined {
  if (condition !== 'and' && condition !== 'or')
    throw new TypeError(
      `condition is "${condition}"; Kindred joins filters by "and" or "or". Use != and nin instead of not`,
    );
  if (filters.length === 0) return undefined;
  const tests = filters.map(testOf);
  return condition === 'or' ? { $or: tests } : { $and: tests };
}

function testOf({ key, value, operator }: MetadataFilter, at: number): KindredFilter {
  if (operator === 'is_empty') return { [key]: { $exists: false } };
  if (operator === 'all' && Array.isArray(value)) return { $and: value.map((one) => ({ [key]: one })) };
  const known = operators[operator];
  if (known) return { [key]: { [known]: value } };
  const place = `filters[${at}] (${key})`;
  throw new TypeError(`${place} uses "${operator}", which Kindred does not have; ask by text, or use another operator`);
}
