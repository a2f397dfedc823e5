import type { Condition, Filter } from '@kindred/contracts';
import { bothFilters, type CollectionRow, filterField } from '@kindred/vector-index';
import type { PlannedStage } from './plan-stages.ts';

/** Types whose stored values a filter finds again. */
const findable = ['keyword', 'text', 'number', 'boolean'];

/** Whether a filter tells the groups apart: one findable value per item, at most, in every collection. */
export function groupsAreApart(name: string, collections: readonly CollectionRow[]): boolean {
  return collections.every((collection) => {
    const field = filterField(name, 'group_by.field', collection);
    const declared = collection.attributes.find((attribute) => attribute.name === name);
    return findable.includes(field.type) && !field.list && !declared?.array;
  });
}

/** Whether a filter finds the items of a group again. */
export const groupsAreFindable = (name: string, collections: readonly CollectionRow[]) =>
  collections.every((collection) => findable.includes(filterField(name, 'group_by.field', collection).type));

const condition = (field: string, values: unknown[]): Condition => ({
  kind: { $case: 'field', value: { field, test: { $case: 'in', value: { values } } } },
});

export const withValues = (field: string, values: unknown[]): Filter => ({
  must: [condition(field, values)],
  should: [],
  mustNot: [],
});

/** Undefined among the values: items that have none. */
export function withoutValues(field: string, values: readonly unknown[]): Filter {
  const given = values.filter((value) => value !== undefined);
  const exists: Condition = { kind: { $case: 'field', value: { field, test: { $case: 'exists', value: true } } } };
  return {
    must: given.length < values.length ? [exists] : [],
    should: [],
    mustNot: given.length > 0 ? [condition(field, given)] : [],
  };
}

/** The stage with one more filter on each of its own searches. */
export function filtered(planned: PlannedStage, filter: Filter): PlannedStage {
  const parts = planned.parts.map((part) => ({
    ...part,
    leaves: part.leaves.map((leaf) => ({
      ...leaf,
      request: { ...leaf.request, filter: bothFilters(leaf.request.filter, filter) },
    })),
  }));
  return { ...planned, parts };
}
