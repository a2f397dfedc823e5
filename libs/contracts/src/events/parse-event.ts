import { z } from 'zod';
import { KindredError } from '../errors.ts';
import { limits } from '../limits.ts';

/** Bytes off a topic to an event. Throws a KindredError that names the first offending field. */
export function parseEvent<Schema extends z.ZodType>(schema: Schema, bytes: Uint8Array): z.output<Schema> {
  if (bytes.byteLength > limits.eventBytes) {
    const message = `The event has ${bytes.byteLength} bytes; at most ${limits.eventBytes} are taken. Send less text.`;
    throw new KindredError('FIELD_TOO_LARGE', '', message);
  }
  return validateEvent(schema, parseJson(bytes));
}

/** A value to an event, as `parseEvent`. `prefix` leads the path of the field in errors. */
export function validateEvent<Schema extends z.ZodType>(schema: Schema, value: unknown, prefix = ''): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw fieldError(result.error.issues[0]!, value, prefix);
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    const message = `The event is not valid JSON in UTF-8: ${(cause as Error).message}`;
    throw new KindredError('MALFORMED_JSON', '', message, { cause });
  }
}

function fieldError(issue: z.core.$ZodIssue, value: unknown, prefix: string): KindredError {
  const path = [...(prefix ? [prefix] : []), ...issue.path.map(String)].join('.');
  const missing = valueAt(value, issue.path) === undefined && issue.code !== 'custom';
  if (missing) return new KindredError('FIELD_MISSING', path, `${path || 'The event'} is missing; ${issue.message}`);
  const subject = path || 'The event';
  if (issue.message.startsWith('is longer') || issue.message.startsWith('is larger')) {
    return new KindredError('FIELD_TOO_LARGE', path, `${subject} ${issue.message}`);
  }
  if (issue.message.includes('null byte'))
    return new KindredError('TEXT_HAS_NULL_BYTE', path, `${subject} ${issue.message}`);
  const message = /^[a-z]/.test(issue.message) ? `${subject} ${issue.message}` : `${subject}: ${issue.message}`;
  return new KindredError('FIELD_INVALID', path, message);
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let here = value;
  for (const key of path) here = (here as Record<PropertyKey, unknown> | null | undefined)?.[key];
  return here;
}
