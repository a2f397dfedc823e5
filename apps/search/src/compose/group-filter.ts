import type { Condition, Filter } from '@kindred/contracts';
import { bothFilters, type CollectionRow, filterField, type Narrower } from '@kindred/vector-index';
import type { PlannedStage, ReadLeaf } from './plan-stages.ts';

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

/** How the searches of each collection are planned anew, by its name. */
export type Narrowers = ReadonlyMap<string, Narrower>;

/** The stage with one more filter on each of its own searches, planned with it. */
export function filtered(narrowers: Narrowers, planned: PlannedStage, filter: Filter): PlannedStage {
  const narrowed = (leaf: ReadLeaf): ReadLeaf => {
    const request = { ...leaf.request, filter: bothFilters(leaf.request.filter, filter) };
    return { ...leaf, request, legs: narrowers.get(leaf.collection.name)!(request, leaf.legs) };
  };
  return { ...planned, parts: planned.parts.map((part) => ({ ...part, leaves: part.leaves.map(narrowed) })) };
}
