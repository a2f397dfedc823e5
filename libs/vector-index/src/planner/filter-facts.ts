import type { Condition, FieldCondition, Filter } from '@kindred/contracts';
import type { CollectionRow } from '../collection.store.ts';
import { filterField } from '../filter/filter-field.ts';
import { isUnder, subtreeOf } from '../filter/subtree.ts';
import { type BuiltSegment, factField, segmentField, underField } from '../indexes/segments.ts';
import type { ItemSample } from './item-sample.ts';

/** A field and one of its values, as kindred.fact takes them. */
export type Fact = [field: string, value: unknown];

/** What every passing item has for certain: an index finds those items, the filter itself then decides. */
export interface FilterFacts {
  allOf: Fact[];
  /** Empty, or one of these too. */
  anyOf: Fact[];
}

/** A list longer than this finds too much, and the index would be asked for each value. */
const mostAlternatives = 100;

/** Undefined where the filter demands no certain value of any field. */
export function filterFacts(
  filter: Filter | undefined,
  collection: CollectionRow,
  sample: ItemSample,
): FilterFacts | undefined {
  if (!filter) return undefined;
  const allOf: Fact[] = [];
  const lists: FieldCondition[] = [];
  for (const condition of demandedFacts(filter, collection)) {
    const { field, test } = condition;
    const root = subtreeOf(condition);
    if (root !== undefined) allOf.push([underField, root]);
    else if (test?.$case === 'equals') allOf.push([factField(field), test.value]);
    else if (test?.$case === 'in' && test.value.values.length <= mostAlternatives) lists.push(condition);
  }
  const shares = new Map(lists.map((list) => [list, sample.shareOfField(list)]));
  const narrowest = lists.sort((a, b) => shares.get(a)! - shares.get(b)!)[0];
  if (allOf.length === 0 && !narrowest) return undefined;
  return { allOf, anyOf: narrowest ? listOf(narrowest) : [] };
}

/** The smallest of the segments that everything that passes is in, and the condition that all of its rows meet. */
export function demandedSegment(
  filter: Filter | undefined,
  collection: CollectionRow,
  segments: readonly BuiltSegment[],
): { segment: BuiltSegment; condition: FieldCondition } | undefined {
  if (!filter || segments.length === 0) return undefined;
  const demanded = demandedFacts(filter, collection).flatMap((asked) => {
    const value = demandedValue(asked);
    const holding = value === undefined ? [] : segments.filter((one) => hasAll(one, asked.field, value));
    return holding.map((segment) => ({ segment, condition: conditionOf(segment, asked) }));
  });
  return demanded.sort((a, b) => a.segment.rows - b.segment.rows)[0];
}

/** The only value that the condition leaves; of a tree its root. */
function demandedValue(condition: FieldCondition): unknown {
  const { test } = condition;
  if (test?.$case === 'equals') return test.value;
  if (test?.$case === 'in' && test.value.values.length === 1) return test.value.values[0];
  return subtreeOf(condition);
}

const hasAll = (segment: BuiltSegment, field: string, value: unknown): boolean =>
  segment.field === segmentField(field) &&
  (segment.field === underField ? isUnder(String(value), String(segment.value)) : segment.value === value);

const conditionOf = ({ field, value }: BuiltSegment, asked: FieldCondition): FieldCondition =>
  field === underField ? { ...asked, test: { $case: 'prefix', value: `${value}/` } } : asked;

const demandedFacts = ({ must }: Filter, collection: CollectionRow): FieldCondition[] =>
  demandedFields(must).filter((condition) => hasFacts(condition, collection));

/** Fields of conditions that hold of every passing item, also where they are wrapped in filters of their own. */
function demandedFields(conditions: readonly Condition[]): FieldCondition[] {
  return conditions.flatMap(({ kind }) => {
    if (kind?.$case === 'field') return [kind.value];
    return kind?.$case === 'filter' ? demandedFields(kind.value.must) : [];
  });
}

// Times are equal in more than one spelling, and built-in fields have columns of their own.
function hasFacts({ field }: FieldCondition, collection: CollectionRow): boolean {
  if (field === 'categories') return true;
  const { column, type } = filterField(field, 'filter', collection);
  return column === undefined && type !== 'time' && type !== 'geo';
}

/** A range of prices or of times of arrival, or one of them: these have indexes of their own. */
export const demandsOrdered = ({ must }: Filter): boolean =>
  demandedFields(must).some(
    ({ field, test }) => ordered.includes(field) && ['range', 'equals', 'in'].includes(test?.$case ?? ''),
  );

const ordered = ['price', 'created_at'];

function listOf({ field, test }: FieldCondition): Fact[] {
  const values = test?.$case === 'in' ? test.value.values : [];
  return values.map((value): Fact => [factField(field), value]);
}
