import { type Condition, type Filter, limits } from '@kindred/contracts';
import type { CollectionRow } from '../collection.store.ts';
import { type FilterField, filterField } from './filter-field.ts';

type Test = NonNullable<Extract<NonNullable<Condition['kind']>, { $case: 'field' }>['value']['test']>;

/** A test of one field that an item must pass, or (negated) must not. */
export interface FieldTest {
  path: string;
  field: FilterField;
  test: Test;
  negated: boolean;
}

/** What must hold together in a group: tests of fields, and groups of alternatives of which one must hold. */
export interface Demands {
  tests: FieldTest[];
  alternatives: { path: string; conditions: Condition[] }[];
}

/** All that the filter demands at once, nested groups of `must` included. */
export function demandsOf(filter: Filter, path: string, collection: CollectionRow): Demands {
  const demands: Demands = { tests: [], alternatives: [] };
  for (const [at, condition] of filter.must.entries()) {
    addDemands(demands, demandsOfCondition(condition, `${path}.must[${at}]`, collection));
  }
  for (const [at, { kind }] of filter.mustNot.entries()) {
    if (kind?.$case === 'field')
      demands.tests.push(...testsOf(kind.value, `${path}.must_not[${at}]`, collection, true));
  }
  if (filter.should.length > 0) demands.alternatives.push({ path: `${path}.should`, conditions: filter.should });
  return demands;
}

export function demandsOfCondition({ kind }: Condition, path: string, collection: CollectionRow): Demands {
  if (kind?.$case === 'filter') return demandsOf(kind.value, `${path}.filter`, collection);
  return { tests: kind ? testsOf(kind.value, path, collection, false) : [], alternatives: [] };
}

function addDemands(to: Demands, { tests, alternatives }: Demands): void {
  to.tests.push(...tests);
  to.alternatives.push(...alternatives);
}

function testsOf(
  { field, test }: { field: string; test?: Test | undefined },
  path: string,
  collection: CollectionRow,
  negated: boolean,
): FieldTest[] {
  return test ? [{ path, field: filterField(field, `${path}.field`, collection), test, negated }] : [];
}

/** False for what is going to be refused for its size: nobody should think about that for long. */
export function hasFairSize(filter: Filter): boolean {
  let conditions = 0;
  const fair = (group: Filter, depth: number): boolean => {
    if (depth > limits.filterDepth) return false;
    return [...group.must, ...group.should, ...group.mustNot].every(({ kind }) => {
      if (++conditions > limits.filterConditions) return false;
      if (kind?.$case === 'filter') return fair(kind.value, depth + 1);
      return kind?.value.test?.$case !== 'in' || kind.value.test.value.values.length <= limits.filterValues;
    });
  };
  return fair(filter, 1);
}
