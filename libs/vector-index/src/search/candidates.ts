import { liveItemCondition } from '../live-item.ts';
import type { FilterFacts } from '../planner/filter-facts.ts';
import { allOfSql, anyOfSql } from './facts-sql.ts';
import type { LegScope } from './lexical-leg.ts';

/** The items that may pass a filter, found by an index over what items have. */
export interface Found {
  /** Absent: the filter itself finds them, by an index of prices or times, or by looking at all. */
  facts?: FilterFacts;
  /** More than these are not looked at: the estimate was wrong, and another plan takes over. */
  most: number;
}

/** Estimates of small shares are off by a factor of two or three. */
const slack = 4;
const leastFound = 1_000;

/** Of `passing` expected items. */
export const mostFound = (passing: number): number => Math.round(Math.max(leastFound, slack * passing));

/**
 * CTEs `found` (ids that the index gives, at most `most` and one) and `candidates`: those of them that are live and pass
 * the filter, in this very snapshot.
 */
export function candidateCtes(
  { facts, most }: Found,
  scope: Pick<LegScope, 'collection' | 'filter' | 'params'>,
): string[] {
  const { collection, filter } = scope;
  const own = `i.collection_id = ${collection}`;
  const passes = `${liveItemCondition} and (${filter ?? 'true'})`;
  if (!facts) {
    return [
      `found as materialized (select i.item_id from kindred.items i where ${own} and ${passes} limit ${most + 1})`,
      'candidates as materialized (select f.item_id from found f)',
    ];
  }
  return [
    `found as materialized (
      select i.* from kindred.items_with(${collection}, ${allOfSql(facts, scope)}, ${anyOfSql(facts, scope)}, ${most + 1}) i)`,
    `candidates as materialized (select i.item_id from found i where ${passes})`,
  ];
}
