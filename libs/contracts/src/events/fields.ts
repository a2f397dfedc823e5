import { z } from 'zod';
import { limits } from '../limits.ts';

const maxRevision = 2n ** 63n - 1n;

const bytes = (text: string) => Buffer.byteLength(text, 'utf8');
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
const control = /[\u0000-\u001f\u007f]/;

/** Text of at most `max` UTF-8 bytes, without null bytes (PostgreSQL cannot store them) and lone surrogates. */
export const text = (max: number) =>
  z
    .string()
    .refine((value) => bytes(value) <= max, { error: `is longer than ${max} bytes of UTF-8; shorten it` })
    .refine((value) => !value.includes('\u0000'), { error: 'contains a null byte (U+0000); remove it' })
    .refine((value) => value.isWellFormed(), {
      error: 'is not well-formed Unicode (a lone surrogate); send valid UTF-8',
    })
    .meta({ maxLength: max, description: `At most ${max} bytes of UTF-8, without U+0000.` });

/** An identifier: 1-256 bytes, no control characters. Emoji and Hangul are fine. */
export const id = text(limits.id)
  .refine((value) => value.length > 0, { error: 'is empty; give an id of 1-256 bytes' })
  .refine((value) => !control.test(value), { error: 'contains a control character; remove it' })
  .meta({ minLength: 1, maxLength: limits.id, description: '1-256 bytes of UTF-8 without control characters.' });

export const collectionName = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, {
  error: 'must be 1-64 characters of a-z, 0-9, "-" and "_", starting with a letter or digit',
});

/** 0 to 2^63-1, as a JSON integer up to 2^53-1 or as a decimal string. */
export const revision = z
  .union([
    z.bigint(),
    z
      .number()
      .refine(Number.isSafeInteger, { error: 'is not an exact integer; send revisions above 2^53-1 as a string' })
      .meta({ type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER })
      .transform((value) => BigInt(value)),
    z
      .string()
      .regex(/^\d{1,19}$/, { error: 'must be an integer of at most 19 digits' })
      .transform((value) => BigInt(value)),
  ])
  .refine((value) => value >= 0n && value <= maxRevision, { error: 'must be from 0 to 2^63-1' })
  .meta({
    description:
      '0 to 2^63-1; grows with every change. Above 2^53-1 as a string. Absent: the receive time in microseconds.',
  });

const scalar = z.union([text(limits.body), z.number(), z.boolean()]);
export const attributeValue = z.union([scalar, z.array(scalar).max(limits.filterValues)]);

export const attributes = z
  .record(text(limits.attributeName).min(1), z.union([attributeValue, z.null()]))
  .refine((value) => Object.keys(value).length <= limits.attributes, {
    error: `has more than ${limits.attributes} attributes; send fewer`,
  })
  .refine((value) => bytes(JSON.stringify(value)) <= limits.attributesBytes, {
    error: `is larger than ${limits.attributesBytes} bytes; send less`,
  });

export const time = z.iso.datetime({ offset: true, error: 'must be an RFC 3339 time like 2026-01-31T12:00:00Z' });
