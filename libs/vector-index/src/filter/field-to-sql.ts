import { type FieldCondition, KindredError, limits, type Range } from '@kindred/contracts';
import type { CollectionRow } from '../collection.store.ts';
import { type FilterField, filterField } from './filter-field.ts';
import { type FilterValue, filterText, filterValue } from './filter-value.ts';
import { boxToSql, radiusToSql } from './geo-to-sql.ts';
import { rootOf } from './subtree.ts';

const operators = { gt: '>', gte: '>=', lt: '<', lte: '<=' } as const;
type Bound = keyof typeof operators;

/** Values and names become parameters; only operators and our own column names are ever part of the text. */
export interface SqlParams {
  add(value: unknown, type: string): string;
  /** Rows are found by other conditions and tested one after the other; else the expression may find them, by an index. */
  rowByRow?: boolean;
}

/** Longer lists are hashed where rows are tested one by one: 5,000 rows and 1,024 values took .9 s, and take 17 ms. */
const mostCompared = 16;

/** One test of one field as a boolean expression over the item row; null where the field has no value. */
export function fieldToSql(
  condition: FieldCondition,
  path: string,
  collection: CollectionRow,
  params: SqlParams,
): string {
  const field = filterField(condition.field, `${path}.field`, collection);
  const { test } = condition;
  switch (test?.$case) {
    case 'equals':
      return anyOf(field, [filterValue(field, test.value, `${path}.equals`)], params);
    case 'in':
      return anyOf(field, listed(field, test.value.values, `${path}.in`), params);
    case 'range':
      return rangeToSql(field, test.value, `${path}.range`, params);
    case 'exists':
      return test.value ? present(field, params) : `(${present(field, params)}) is not true`;
    case 'prefix':
      return startsWith(field, prefixOf(field, test.value, `${path}.prefix`), params);
    case 'radius':
      return radiusToSql(field, test.value, `${path}.radius`, params);
    case 'box':
      return boxToSql(field, test.value, `${path}.box`, params);
    default: {
      const message = `${path} tests nothing; set one of equals, in, range, exists, prefix, radius and box`;
      throw new KindredError('FILTER_INVALID', path, message);
    }
  }
}

function listed(field: FilterField, values: unknown[], path: string): FilterValue[] {
  if (values.length > limits.filterValues) {
    const message = `${path} has ${values.length} values; at most ${limits.filterValues} are taken`;
    throw new KindredError('FILTER_TOO_LARGE', path, message);
  }
  if (values.length === 0) throw new KindredError('FILTER_INVALID', path, `${path} is empty; give at least one value`);
  return values.map((value, at) => filterValue(field, value, `${path}[${at}]`));
}

/** Whether a value of the field lies within the range. Throws FILTER_INVALID for bounds that are none. */
export function rangeToSql(field: FilterField, range: Range, path: string, params: SqlParams): string {
  return within(field, bounds(field, range, path), params);
}

/** The bounds of a range over numbers or times, checked. */
export function bounds(field: FilterField, range: Range, path: string): [Bound, FilterValue][] {
  if (field.type !== 'number' && field.type !== 'time') {
    const message = `${path}: "${field.name}" is of type ${field.type}; ranges are for number and time. Use equals, in or prefix`;
    throw new KindredError('FILTER_INVALID', path, message);
  }
  const given = (Object.keys(operators) as Bound[]).filter((bound) => range[bound] !== undefined);
  if (given.length === 0) {
    throw new KindredError('FILTER_INVALID', path, `${path} has no bound; set one or two of gt, gte, lt and lte`);
  }
  return given.map((bound) => [bound, filterValue(field, range[bound], `${path}.${bound}`)]);
}

function prefixOf(field: FilterField, prefix: string, path: string): string {
  if (field.type === 'keyword' || field.type === 'text') return filterText(prefix, path);
  const message = `${path}: "${field.name}" is of type ${field.type}; prefixes are for keyword and text`;
  throw new KindredError('FILTER_INVALID', path, message);
}

const sqlTypes = {
  keyword: 'text',
  text: 'text',
  number: 'float8',
  boolean: 'boolean',
  time: 'timestamptz',
  geo: 'text',
};

function anyOf(field: FilterField, values: FilterValue[], params: SqlParams): string {
  const type = sqlTypes[field.type];
  if (field.list) return `${field.column} && ${params.add(values, `${type}[]`)}`;
  if (field.column) {
    const list = params.add(values, `${type}[]`);
    const isHashed = params.rowByRow && values.length > mostCompared;
    // "is true" keeps PostgreSQL from making a join of it, which is done anew for each row.
    return isHashed ? `(${field.column} in (select unnest(${list}))) is true` : `${field.column} = any(${list})`;
  }
  if (field.type === 'time') return elementTime(field, `= any(${params.add(values, 'timestamptz[]')})`, params);
  const attribute = attributeOf(field, params);
  // Containment: equal to the value, or a list that has it.
  if (values.length === 1) return `${attribute} @> ${params.add(JSON.stringify(values[0]), 'jsonb')}`;
  return `jsonb_path_exists(${attribute}, '$[*] ? (@ == $in[*])', ${params.add(JSON.stringify({ in: values }), 'jsonb')}, true)`;
}

function within(field: FilterField, range: [Bound, FilterValue][], params: SqlParams): string {
  const type = sqlTypes[field.type];
  if (field.column) {
    return range
      .map(([bound, value]) => `${field.column} ${operators[bound]} ${params.add(value, type)}`)
      .join(' and ');
  }
  if (field.type === 'time') {
    const tests = range.map(([bound, value]) => `${operators[bound]} ${params.add(value, type)}`);
    return elementTime(field, tests.join(' and t.value '), params);
  }
  const tests = range.map(([bound]) => `@ ${operators[bound]} $${bound}`);
  const values = params.add(JSON.stringify(Object.fromEntries(range)), 'jsonb');
  return `jsonb_path_exists(${attributeOf(field, params)}, '$[*] ? (${tests.join(' && ')})', ${values}, true)`;
}

function startsWith(field: FilterField, prefix: string, params: SqlParams): string {
  const value = params.add(prefix, 'text');
  if (field.list) {
    // "a/b/" is the subtree of the category "a/b", itself included; "a/books" is not in the one of "a/b".
    const root = rootOf(prefix);
    const isRoot = root === undefined ? '' : ` or t.value = ${params.add(root, 'text')}`;
    return `exists (select from unnest(${field.column}) as t(value) where starts_with(t.value, ${value})${isRoot})`;
  }
  if (field.column) return `starts_with(${field.column}, ${value})`;
  const vars = `jsonb_build_object('prefix', ${value})`;
  return `jsonb_path_exists(${attributeOf(field, params)}, '$[*] ? (@ starts with $prefix)', ${vars}, true)`;
}

const present = (field: FilterField, params: SqlParams): string =>
  isValueSql(field, field.column ?? attributeOf(field, params));

/** Whether what is stored of the field, an SQL expression, is a value; null where nothing is stored in a column. */
export function isValueSql(field: FilterField, stored: string): string {
  if (field.list) return `cardinality(${stored}) > 0`;
  if (field.type === 'text' && field.column) return `${stored} <> ''`;
  if (field.column) return `${stored} is not null`;
  return `coalesce(${stored}, 'null') not in ('null', '[]', '""')`;
}

const attributeOf = (field: FilterField, params: SqlParams) => `(i.attributes -> ${params.add(field.name, 'text')})`;

/** Times are stored as the strings they came as; one that is no time (declared later than stored) matches nothing. */
function elementTime(field: FilterField, test: string, params: SqlParams): string {
  const attribute = attributeOf(field, params);
  const elements = `jsonb_path_query_array(${attribute}, '$[*] ? (@.type() == "string")')`;
  return `exists (select from jsonb_array_elements_text(${elements}) as e(text),
    lateral (select kindred.instant(e.text)) as t(value)
    where t.value ${test})`;
}
