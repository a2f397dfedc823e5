import { KindredError } from '@kindred/contracts';
import type { FieldType, FilterField } from './filter-field.ts';
import { instant } from './instant.ts';

export type FilterValue = string | number | boolean;

const examples: Record<FieldType, string> = {
  keyword: 'a string',
  text: 'a string',
  number: 'a number like 19.9',
  boolean: 'true or false',
  time: 'an RFC 3339 time like "2026-01-31T12:00:00Z"',
  geo: 'a radius or a box instead',
};

/** Refuses a value that is not of the field's type. Times come back in UTC. */
export function filterValue(field: FilterField, value: unknown, path: string): FilterValue {
  if (value === null || value === undefined) {
    const message = `${path} is null; to find items without "${field.name}" use exists: false`;
    throw new KindredError('FILTER_INVALID', path, message);
  }
  const fitting = fit(field.type, value);
  if (fitting === undefined) {
    const given = (JSON.stringify(value) ?? String(value)).slice(0, 60);
    const message = `${path} is ${given}, but "${field.name}" is of type ${field.type}; give ${examples[field.type]}`;
    throw new KindredError('FILTER_INVALID', path, message);
  }
  if (typeof fitting === 'string') filterText(fitting, path);
  return fitting;
}

/** PostgreSQL stores no null byte, so nothing can match one; say so instead of failing there. */
export function filterText(value: string, path: string): string {
  if (!value.includes('\u0000')) return value;
  throw new KindredError('TEXT_HAS_NULL_BYTE', path, `${path} contains a null byte (U+0000); remove it`);
}

function fit(type: FieldType, value: unknown): FilterValue | undefined {
  if (type === 'number') return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
  if (type === 'boolean') return typeof value === 'boolean' ? value : undefined;
  if (type === 'geo' || typeof value !== 'string') return undefined;
  return type === 'time' ? utcTime(value) : value;
}

function utcTime(value: string): string | undefined {
  const time = instant(value);
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}
