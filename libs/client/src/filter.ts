import type { Condition, Filter, GeoPoint, Range } from '@kindred/contracts';
import { refusal } from './refusal.ts';

/** What an attribute is compared with. Times are Dates or RFC 3339 strings. */
export type FilterValue = string | number | boolean | Date;

export interface Bounds {
  gt?: FilterValue;
  gte?: FilterValue;
  lt?: FilterValue;
  lte?: FilterValue;
}

type Test = NonNullable<Extract<Condition['kind'], { $case: 'field' }>['value']['test']>;

/** The field has this value; of an array: contains it. */
export const eq = (field: string, value: FilterValue): Condition =>
  test(field, { $case: 'equals', value: plain(value) });

export const oneOf = (field: string, values: FilterValue[]): Condition =>
  test(field, { $case: 'in', value: { values: values.map(plain) } });

/** `range('price', { gte: 10, lt: 30 })` */
export const range = (field: string, bounds: Bounds): Condition =>
  test(field, { $case: 'range', value: plainBounds(bounds) });

/** The field has a value; with `false`: it has none. */
export const exists = (field: string, value = true): Condition => test(field, { $case: 'exists', value });

/** The field begins with the value. Of categories: "audio/" is the subtree of "audio", itself included. */
export const prefix = (field: string, value: string): Condition => test(field, { $case: 'prefix', value });

/** The place is at most so many meters from the center: `radius('shop', { latitude: 37.566, longitude: 126.978 }, 5_000)` */
export const radius = (field: string, center: GeoPoint, meters: number): Condition =>
  test(field, { $case: 'radius', value: { center, meters } });

/** The place is in the box; with west east of east it spans the antimeridian. */
export const box = (field: string, southWest: GeoPoint, northEast: GeoPoint): Condition =>
  test(field, { $case: 'box', value: { southWest, northEast } });

export const and = (...must: Condition[]): Condition => nested({ must, should: [], mustNot: [] });

/** At least one of them. Throws where there is none: a filter without conditions would let everything through. */
export function or(...should: Condition[]): Condition {
  if (should.length === 0)
    throw refusal('FILTER_INVALID', '', 'or() has no condition; give one, as nothing is one of none');
  return nested({ must: [], should, mustNot: [] });
}

/** None of them. */
export const not = (...mustNot: Condition[]): Condition => nested({ must: [], should: [], mustNot });

/** All of them, as a filter. */
export function where(...conditions: Condition[]): Filter {
  const [only] = conditions;
  if (conditions.length === 1 && only?.kind?.$case === 'filter') return only.kind.value;
  return { must: conditions, should: [], mustNot: [] };
}

const nested = (value: Filter): Condition => ({ kind: { $case: 'filter', value } });

const test = (field: string, value: Test): Condition => ({ kind: { $case: 'field', value: { field, test: value } } });

/** As on the wire: times as RFC 3339. */
export const plainBounds = ({ gt, gte, lt, lte }: Bounds): Range => ({
  gt: plain(gt),
  gte: plain(gte),
  lt: plain(lt),
  lte: plain(lte),
});

const plain = (value: FilterValue | undefined) => (value instanceof Date ? value.toISOString() : value);
