import type { Fact, Facts, FilterFacts } from '../planner/filter-facts.ts';
import type { LegScope } from './lexical-leg.ts';

type FactScope = Pick<LegScope, 'collection' | 'params'>;

const noFacts = "'{}'::bigint[]";

/** Of the facts that all must be there, as bigint[]. */
export const allOfSql = ({ allOf }: FilterFacts, scope: FactScope): string =>
  allOf.length === 0 ? noFacts : listedSql(allOf, scope);

/** Of the facts of which one must be there, as bigint[]: empty where none need be. */
export const anyOfSql = ({ anyOf }: FilterFacts, scope: FactScope): string =>
  anyOf.length === 0 ? noFacts : anyOf.map((facts) => factsSql(facts, scope)).join(' || ');

function factsSql(facts: Facts, scope: FactScope): string {
  const { collection, params } = scope;
  const json = (value: unknown) => params.add(value === undefined ? null : JSON.stringify(value), 'jsonb');
  switch (facts.of) {
    case 'values':
      return listedSql(facts.facts, scope);
    case 'range':
      return `kindred.range_facts(${collection}, ${params.add(facts.field, 'text')}, ${json(facts.low)}, ${json(facts.high)})`;
    case 'box': {
      const { south, north, west, east } = facts.bounds;
      const degrees = [south, north, west, east].map((value) => params.add(value, 'float8'));
      return `kindred.box_facts(${collection}, ${params.add(facts.field, 'text')}, ${degrees.join(', ')})`;
    }
  }
}

const listedSql = (facts: readonly Fact[], { collection, params }: FactScope): string =>
  `(select array_agg(kindred.fact(${collection}, f ->> 0, f -> 1)) from jsonb_array_elements(${params.add(JSON.stringify(facts), 'jsonb')}) f)`;

/** A relation `i` of all items of the collection that have the facts (and maybe others), or without facts of all. */
export function itemsSql(facts: FilterFacts | undefined, scope: FactScope): string {
  const { collection } = scope;
  if (!facts) {
    return `(select * from kindred.items where tenant_id = (select kindred.tenant()) and collection_id = ${collection}) i`;
  }
  return `kindred.items_with(${collection}, ${allOfSql(facts, scope)}, ${anyOfSql(facts, scope)}, ${2 ** 31 - 1}) i`;
}
