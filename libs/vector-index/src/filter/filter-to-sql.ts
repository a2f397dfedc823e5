import { type Condition, type Filter, KindredError, limits } from '@kindred/contracts';
import type { CollectionRow } from '../collection.store.ts';
import { fieldToSql, type SqlParams } from './field-to-sql.ts';

interface Walk {
  collection: CollectionRow;
  params: SqlParams;
  conditions: number;
}

/**
 * A filter as a boolean SQL expression over kindred.items aliased `i`; 'true' without a filter. Appends its values to
 * `params`, whose first entry is $1. `rowByRow`: where other conditions find the rows. Throws FILTER_* naming the path, like
 * "filter.must[0].field".
 */
export function filterToSql(
  filter: Filter | undefined,
  collection: CollectionRow,
  params: unknown[],
  { rowByRow = false } = {},
): string {
  if (!filter) return 'true';
  const add = (value: unknown, type: string) => `$${params.push(value)}::${type}`;
  return groupToSql(filter, 'filter', 1, { collection, params: { add, rowByRow }, conditions: 0 });
}

function groupToSql(filter: Filter, path: string, depth: number, walk: Walk): string {
  if (depth > limits.filterDepth) {
    const message = `${path} is nested deeper than ${limits.filterDepth} levels; flatten the filter`;
    throw new KindredError('FILTER_TOO_LARGE', path, message);
  }
  const conditionsOf = (name: 'must' | 'should' | 'mustNot', label: string) =>
    filter[name].map((condition, at) => conditionToSql(condition, `${path}.${label}[${at}]`, depth, walk));
  const must = conditionsOf('must', 'must');
  const should = conditionsOf('should', 'should');
  const mustNot = conditionsOf('mustNot', 'must_not').map((condition) => `(${condition}) is not true`);
  const parts = [...must, ...(should.length > 0 ? [should.map((one) => `(${one})`).join(' or ')] : []), ...mustNot];
  return parts.length > 0 ? parts.map((part) => `(${part})`).join(' and ') : 'true';
}

function conditionToSql(condition: Condition, path: string, depth: number, walk: Walk): string {
  if (++walk.conditions > limits.filterConditions) {
    const message = `The filter has more than ${limits.filterConditions} conditions; use fewer, or "in" for many values`;
    throw new KindredError('FILTER_TOO_LARGE', path, message);
  }
  switch (condition.kind?.$case) {
    case 'field':
      return fieldToSql(condition.kind.value, path, walk.collection, walk.params);
    case 'filter':
      return groupToSql(condition.kind.value, `${path}.filter`, depth + 1, walk);
    default:
      throw new KindredError('FILTER_INVALID', path, `${path} is empty; set field or filter`);
  }
}
