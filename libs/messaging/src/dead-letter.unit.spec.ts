import { KindredError } from '@kindred/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deadLetterOf, decodeDeadLetter, encodeDeadLetter, replayOf } from './dead-letter.ts';
import type { IncomingMessage } from './messaging.ts';

const error = new KindredError('FIELD_INVALID', 'price', 'price must be a number');
const message: IncomingMessage = {
  tenant: 'acme',
  topic: 'items.v1',
  partition: 3,
  offset: 41n,
  key: '무선-마우스',
  value: Buffer.from('{"price":"싸다"}'),
  headers: { 'trace-id': 't' },
  receivedAt: 1n,
};

describe('a dead letter', () => {
  it('has the same id at every redelivery', () => {
    const first = deadLetterOf(message, error, 'ingestion', new Date(1));
    const second = deadLetterOf({ ...message }, error, 'ingestion', new Date(2));
    expect(first.dead_letter_id).toBe('ingestion/items.v1/3/41');
    expect(second.dead_letter_id).toBe(first.dead_letter_id);
  });

  it('gives back any bytes, key and headers as they were', () => {
    const text = fc.string({ unit: 'grapheme' }).filter((one) => !one.includes('\0'));
    const headers = fc.dictionary(
      text.filter((name) => name !== '__proto__'),
      text,
    );
    fc.assert(
      fc.property(fc.uint8Array(), text, headers, (bytes, key, given) => {
        const original = { ...message, key, headers: { ...given }, value: Buffer.from(bytes) };
        const sent = encodeDeadLetter(deadLetterOf(original, error, 'g'), 'acme');
        const replay = replayOf(decodeDeadLetter(Buffer.from(sent.value)), sent.tenant);
        expect(replay.topic).toBe('items.v1');
        expect(replay.message).toEqual({ tenant: 'acme', key, headers: original.headers, value: original.value });
      }),
    );
  });

  it('can be stored by PostgreSQL even where its key has a null byte', () => {
    const letter = deadLetterOf({ ...message, key: 'a\0b', headers: { 'h\0': '\0' } }, error, 'g');
    const decoded = decodeDeadLetter(Buffer.from(JSON.stringify(letter)));
    expect(decoded.key).toBe('a\uFFFDb');
    expect(decoded.headers).toEqual({ 'h\uFFFD': '\uFFFD' });
  });

  it('is refused with the field that is wrong', () => {
    const good = deadLetterOf(message, error, 'g');
    const decode = (change: object) => () => decodeDeadLetter(Buffer.from(JSON.stringify({ ...good, ...change })));
    const wrong = (code: string, field: string) => expect.objectContaining({ code, field });
    expect(() => decodeDeadLetter(Buffer.from('{'))).toThrow(wrong('MALFORMED_JSON', ''));
    expect(() => decodeDeadLetter(Buffer.from('[]'))).toThrow(wrong('MALFORMED_JSON', ''));
    expect(decode({ key: 7 })).toThrow(wrong('FIELD_INVALID', 'key'));
    expect(decode({ headers: { a: 1 } })).toThrow(wrong('FIELD_INVALID', 'headers'));
    expect(decode({ failed_at: 'yesterday' })).toThrow(wrong('FIELD_INVALID', 'failed_at'));
  });
});
