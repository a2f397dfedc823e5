import type { Condition, Filter } from '@kindred/contracts';
import { and, type Bounds, eq, exists, type FilterValue, not, oneOf, or, range, where } from '../filter.ts';
import { refusal } from '../refusal.ts';

/** Tests of one metadata key; all of them must hold. */
export interface MetadataTests {
  $eq?: FilterValue;
  /** Also holds where the key has no value. */
  $ne?: FilterValue;
  $gt?: FilterValue;
  $gte?: FilterValue;
  $lt?: FilterValue;
  $lte?: FilterValue;
  $in?: FilterValue[];
  /** Also holds where the key has no value. */
  $nin?: FilterValue[];
  $exists?: boolean;
}

/** A filter as vector databases write it: `{ color: 'red', price: { $lt: 30 }, $or: [{ … }, { … }] }`. */
export interface MetadataFilter {
  $and?: MetadataFilter[];
  $or?: MetadataFilter[];
  [key: string]: FilterValue | MetadataTests | MetadataFilter[] | undefined;
}

/** The field that a key is filtered by; throws where it cannot be. `path` is where the key stands in the filter. */
export type FieldOfKey = (key: string, path: string) => string;

/** The filter as Kindred's. Throws FILTER_INVALID for what has no counterpart, naming the place and the way out. */
export function metadataFilter(filter: MetadataFilter, fieldOf: FieldOfKey = (key) => key): Filter {
  return where(...conditionsOf(filter, 'filter', fieldOf));
}

const bounds: Record<string, keyof Bounds> = { $gt: 'gt', $gte: 'gte', $lt: 'lt', $lte: 'lte' };
const operators = '$eq, $ne, $gt, $gte, $lt, $lte, $in, $nin and $exists';
const waysOut: Record<string, string> = {
  $not: 'is no operator; use $ne or $nin',
  $nor: 'is no operator; join $ne and $nin with $and',
  $regex: 'is no operator; give prefix() of @kindred/client to kindred.query, or ask by text',
};

function conditionsOf(filter: unknown, path: string, fieldOf: FieldOfKey): Condition[] {
  if (!isObject(filter)) throw refusal('FILTER_INVALID', path, 'must be an object like { color: { $eq: "red" } }');
  return Object.entries(filter).flatMap(([key, value]) => {
    const place = `${path}.${key}`;
    // Left out without a word it would let everything through: of { group: user.group } what nobody may see.
    if (value === undefined) throw refusal('FILTER_INVALID', place, 'is undefined; leave the key out, or give a value');
    if (key === '$and') return [and(...alternatives(value, place, fieldOf))];
    if (key === '$or') return [or(...alternatives(value, place, fieldOf))];
    if (key.startsWith('$')) {
      throw refusal('FILTER_INVALID', place, waysOut[key] ?? 'joins nothing here; use $and or $or');
    }
    return testsOf(fieldOf(key, place), value, place);
  });
}

function alternatives(value: unknown, path: string, fieldOf: FieldOfKey): Condition[] {
  if (!Array.isArray(value) || value.length === 0) {
    throw refusal('FILTER_INVALID', path, 'must be a list of at least one filter');
  }
  return value.map((one, at) => and(...conditionsOf(one, `${path}[${at}]`, fieldOf)));
}

function testsOf(field: string, value: unknown, path: string): Condition[] {
  if (!isObject(value)) return [eq(field, scalar(value, path))];
  const given = Object.entries(value).filter(([, operand]) => operand !== undefined);
  if (given.length === 0) throw refusal('FILTER_INVALID', path, `tests nothing; use ${operators}`);
  const conditions: Condition[] = [];
  const within: Bounds = {};
  for (const [operator, operand] of given) {
    const place = `${path}.${operator}`;
    const bound = bounds[operator];
    if (bound) within[bound] = scalar(operand, place);
    else conditions.push(testOf(field, operator, operand, place));
  }
  return Object.keys(within).length > 0 ? [range(field, within), ...conditions] : conditions;
}

function testOf(field: string, operator: string, operand: unknown, path: string): Condition {
  switch (operator) {
    case '$eq':
      return eq(field, scalar(operand, path));
    case '$ne':
      return not(eq(field, scalar(operand, path)));
    case '$in':
      return oneOf(field, listed(operand, path));
    case '$nin':
      return not(oneOf(field, listed(operand, path)));
    case '$exists':
      if (typeof operand === 'boolean') return exists(field, operand);
      throw refusal('FILTER_INVALID', path, 'must be true or false');
    default:
      throw refusal('FILTER_INVALID', path, waysOut[operator] ?? `is no operator; use ${operators}`);
  }
}

function scalar(value: unknown, path: string): FilterValue {
  if (value instanceof Date || ['string', 'number', 'boolean'].includes(typeof value)) return value as FilterValue;
  if (value === null) throw refusal('FILTER_INVALID', path, 'is null; use { $exists: false }');
  if (Array.isArray(value)) throw refusal('FILTER_INVALID', path, 'is a list; use { $in: [...] }');
  throw refusal('FILTER_INVALID', path, 'must be a string, a number, a boolean or a Date');
}

function listed(value: unknown, path: string): FilterValue[] {
  if (!Array.isArray(value) || value.length === 0) {
    throw refusal('FILTER_INVALID', path, 'must be a list of at least one value');
  }
  return value.map((one, at) => scalar(one, `${path}[${at}]`));
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
