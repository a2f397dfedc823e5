import type { Condition, FieldCondition, Filter } from '@kindred/contracts';
import type { CollectionRow } from '../collection.store.ts';
import { filterField } from '../filter/filter-field.ts';
import { type Bounds, boundsOf } from '../filter/geo.ts';
import { isUnder, subtreeOf } from '../filter/subtree.ts';
import { type BuiltSegment, factField, isSegmentable, segmentField, underField } from '../indexes/segments.ts';
import type { ItemSample } from './item-sample.ts';

/** A field and one of its values, as kindred.fact takes them. */
export type Fact = [field: string, value: unknown];

/** Facts of the values in a list, of a range, or of the places in a box. */
export type Facts =
  | { of: 'values'; facts: Fact[] }
  | { of: 'range'; field: string; low: unknown; high: unknown }
  | { of: 'box'; field: string; bounds: Bounds };

/** What every passing item has for certain: an index finds those items, the filter itself then decides. */
export interface FilterFacts {
  allOf: Fact[];
  /** Empty, or at least one of all of these too. */
  anyOf: Facts[];
}

/** A list longer than this finds too much, and the index would be asked for each value. */
const mostAlternatives = 100;
/** What more of the items pass spares hardly any, and takes longer to find than them. */
const mostShare = 0.5;

/** Finding an item takes about as long as meeting one: whether all that pass are found before `wanted` of them are met. */
export const isFoundSooner = (share: number, items: number, wanted: number): boolean => share * items <= wanted / share;

/** Undefined where the filter demands nothing that an item has a fact of. */
export function filterFacts(
  filter: Filter | undefined,
  collection: CollectionRow,
  sample: ItemSample,
): FilterFacts | undefined {
  if (!filter) return undefined;
  const allOf: Fact[] = [];
  let anyOf: Facts[] = [];
  let least = mostShare;
  const consider = (facts: Facts[], share: number) => {
    if (facts.length > 0 && share < least) [anyOf, least] = [facts, share];
  };
  for (const condition of demandedFields(filter.must)) {
    const fact = factOf(condition, collection);
    if (fact) allOf.push(fact);
    else consider(factsOfField(condition, collection), sample.shareOfField(condition));
  }
  for (const { should } of demandedGroups(filter)) {
    consider(factsOfAny(should, collection, sample), sample.shareOf({ must: [], should, mustNot: [] }));
  }
  return allOf.length === 0 && anyOf.length === 0 ? undefined : { allOf, anyOf };
}

/** Facts of which everything that passes one of the conditions has one; empty where there are none, or too many. */
function factsOfAny(conditions: readonly Condition[], collection: CollectionRow, sample: ItemSample): Facts[] {
  const each = conditions.map((condition) => factsOfCondition(condition, collection, sample));
  if (each.some((facts) => facts.length === 0)) return [];
  const values = each.flat().flatMap((facts) => (facts.of === 'values' ? facts.facts : []));
  const others = each.flat().filter(({ of }) => of !== 'values');
  if (values.length + others.length > mostAlternatives) return [];
  return values.length > 0 ? [{ of: 'values', facts: values }, ...others] : others;
}

function factsOfCondition({ kind }: Condition, collection: CollectionRow, sample: ItemSample): Facts[] {
  if (kind?.$case === 'field') {
    const fact = factOf(kind.value, collection);
    return fact ? [{ of: 'values', facts: [fact] }] : factsOfField(kind.value, collection);
  }
  if (kind?.$case !== 'filter') return [];
  const { must, should } = kind.value;
  const shares = new Map(must.map((one) => [one, sample.shareOf({ must: [one], should: [], mustNot: [] })]));
  const narrowestFirst = must.toSorted((a, b) => shares.get(a)! - shares.get(b)!);
  const demanded = narrowestFirst.map((one) => factsOfCondition(one, collection, sample));
  return demanded.find(({ length }) => length > 0) ?? factsOfAny(should, collection, sample);
}

function factOf(condition: FieldCondition, collection: CollectionRow): Fact | undefined {
  if (!hasFacts(condition, collection)) return undefined;
  const root = subtreeOf(condition);
  if (root !== undefined) return [underField, root];
  return condition.test?.$case === 'equals' ? [factField(condition.field), condition.test.value] : undefined;
}

function factsOfField(condition: FieldCondition, collection: CollectionRow): Facts[] {
  const { field, test } = condition;
  if (test?.$case === 'in') {
    const { values } = test.value;
    if (!hasFacts(condition, collection) || values.length > mostAlternatives) return [];
    return [{ of: 'values', facts: values.map((value): Fact => [factField(field), value]) }];
  }
  if (field !== 'categories' && filterField(field, 'filter', collection).column) return [];
  if (test?.$case === 'range') {
    const { gt, gte = gt, lt, lte = lt } = test.value;
    return [{ of: 'range', field, low: gte, high: lte }];
  }
  // What has facts is taken by them: this is a time, equal in more than one spelling.
  if (test?.$case === 'equals') return [{ of: 'range', field, low: test.value, high: test.value }];
  const bounds = boundsOf(condition);
  return bounds ? [{ of: 'box', field, bounds }] : [];
}

/** The smallest of the segments that everything that passes is in, and the condition that all of its rows meet. */
export function demandedSegment(
  filter: Filter | undefined,
  collection: CollectionRow,
  segments: readonly BuiltSegment[],
): { segment: BuiltSegment; condition: FieldCondition } | undefined {
  if (!filter || segments.length === 0) return undefined;
  const demanded = demandedFields(filter.must).flatMap((asked) => {
    const value = hasFacts(asked, collection) ? demandedValue(asked) : undefined;
    const holding = value === undefined ? [] : segments.filter((one) => hasAll(one, asked.field, value));
    return holding.map((segment) => ({ segment, condition: conditionOf(segment, asked) }));
  });
  return demanded.sort((a, b) => a.segment.rows - b.segment.rows)[0];
}

/** Of the fields that the filter demands one value of, that whose value the fewest items have, and their share: a graph of these serves it best. */
export function segmentableField(
  filter: Filter,
  collection: CollectionRow,
  sample: ItemSample,
): { field: string; share: number } | undefined {
  const able = demandedFields(filter.must)
    .filter((asked) => mayHaveSegments(asked, collection) && demandedValue(asked) !== undefined)
    .map((asked) => ({ field: asked.field, share: sample.shareOfField(asked) }));
  return able.sort((a, b) => a.share - b.share)[0];
}

function mayHaveSegments({ field }: FieldCondition, collection: CollectionRow): boolean {
  if (field === 'categories') return true;
  const { column, type } = filterField(field, 'filter', collection);
  return column === undefined && isSegmentable(type);
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

/** The filter, and those within it that hold of every passing item. */
const demandedGroups = (filter: Filter): Filter[] => [
  filter,
  ...filter.must.flatMap(({ kind }) => (kind?.$case === 'filter' ? demandedGroups(kind.value) : [])),
];

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
