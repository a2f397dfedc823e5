import type { Condition, Filter } from '@kindred/contracts';

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
export const range = (field: string, { gt, gte, lt, lte }: Bounds): Condition =>
  test(field, { $case: 'range', value: { gt: plain(gt), gte: plain(gte), lt: plain(lt), lte: plain(lte) } });

/** The field has a value; with `false`: it has none. */
export const exists = (field: string, value = true): Condition => test(field, { $case: 'exists', value });

export const prefix = (field: string, value: string): Condition => test(field, { $case: 'prefix', value });

export const and = (...must: Condition[]): Condition => nested({ must, should: [], mustNot: [] });

/** At least one of them. */
export const or = (...should: Condition[]): Condition => nested({ must: [], should, mustNot: [] });

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

const plain = (value: FilterValue | undefined) => (value instanceof Date ? value.toISOString() : value);
