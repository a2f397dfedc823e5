import type { AttributeInput } from '../inputs.ts';
import type { AttributeTypeName } from '../names.ts';
import { MetadataFields, type MetadataOptions } from './metadata-fields.ts';

/**
 * Attributes that make a collection filterable by everything these records' metadata holds, as vector databases are
 * without being told. Keys whose values are of several types are left out: they are stored, not filtered by.
 */
export function inferAttributes(records: { metadata?: object }[], options: MetadataOptions = {}): AttributeInput[] {
  const fields = new MetadataFields(options);
  const types = new Map<string, Set<AttributeTypeName>>();
  const lists = new Set<string>();
  for (const [key, value] of records.flatMap(({ metadata = {} }) => Object.entries(metadata))) {
    if (!fields.isAttribute(key, value)) continue;
    const seen = types.get(key) ?? new Set();
    types.set(key, seen);
    if (Array.isArray(value)) lists.add(key);
    for (const one of Array.isArray(value) ? value : [value]) seen.add(typeOf(one));
  }
  return [...types].flatMap(([name, seen]) => {
    const [type] = seen;
    return type && seen.size === 1 ? [{ name, type, array: lists.has(name), filterable: true }] : [];
  });
}

const typeOf = (value: string | number | boolean): AttributeTypeName =>
  typeof value === 'string' ? 'keyword' : typeof value === 'number' ? 'number' : 'boolean';
