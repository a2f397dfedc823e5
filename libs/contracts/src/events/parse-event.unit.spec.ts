import { describe, expect, it } from 'vitest';
import { interactionEvent, itemEvent, KindredError, parseEvent, userEvent, validateEvent } from '../index.ts';

const bytes = (value: unknown) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));

function errorOf(work: () => unknown): KindredError {
  try {
    work();
  } catch (error) {
    if (error instanceof KindredError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

const upserted = { kind: 'upserted', collection: 'shop', item_id: '무선-🖱️', title: "O'Reilly" };

describe('an item event', () => {
  it('fills the optional fields with their empty values', () => {
    const event = parseEvent(itemEvent, bytes(upserted));
    expect(event).toMatchObject({ kind: 'upserted', item_id: '무선-🖱️', body: '', hidden: false, attributes: {} });
  });

  it('takes a revision above 2^53 as a string, exactly', () => {
    const event = parseEvent(itemEvent, bytes({ ...upserted, revision: '9223372036854775807' }));
    expect(event).toMatchObject({ revision: 9223372036854775807n });
  });

  it.each([
    ['truncated JSON', '{"kind":', 'MALFORMED_JSON', ''],
    ['a missing id', { ...upserted, item_id: undefined }, 'FIELD_MISSING', 'item_id'],
    ['an empty id', { ...upserted, item_id: '' }, 'FIELD_INVALID', 'item_id'],
    ['a null byte in the title', { ...upserted, title: 'a\u0000b' }, 'TEXT_HAS_NULL_BYTE', 'title'],
    ['a text that is too long', { ...upserted, body: 'x'.repeat(1_048_577) }, 'FIELD_TOO_LARGE', 'body'],
    ['a 5 MB event', { ...upserted, body: 'x'.repeat(5_000_000) }, 'FIELD_TOO_LARGE', ''],
    ['a price in words', { ...upserted, price: 'cheap' }, 'FIELD_INVALID', 'price'],
    ['an inexact revision', { ...upserted, revision: 2 ** 60 }, 'FIELD_INVALID', 'revision'],
    ['an unknown kind', { ...upserted, kind: 'exploded' }, 'FIELD_INVALID', 'kind'],
    ['a nested attribute', { ...upserted, attributes: { a: { b: 1 } } }, 'FIELD_INVALID', 'attributes.a'],
  ])('with %s is refused by field', (_, value, code, field) => {
    expect(errorOf(() => parseEvent(itemEvent, bytes(value as never)))).toMatchObject({ code, field });
  });
});

describe('an interaction event', () => {
  const view = { event_id: 'e1', occurred_at: '2026-01-01T00:00:00Z', type: 'view', collection: 'shop', item_id: '1' };

  it('needs a user or a session, and says so', () => {
    const error = errorOf(() => parseEvent(interactionEvent, bytes(view)));
    expect(error).toMatchObject({ field: 'user_id' });
    expect(error.message).toContain('session_id');
    expect(parseEvent(interactionEvent, bytes({ ...view, session_id: 's' })).session_id).toBe('s');
  });

  it.each([0, 0.5, 5, 10])('takes a rating of %d', (value) => {
    expect(parseEvent(interactionEvent, bytes({ ...view, user_id: 'u', type: 'rating', value })).value).toBe(value);
  });

  it.each([
    [11, 'value is 11; a rating is from 0 to 10, so bring yours to that scale'],
    [-3, 'value is -3; a rating is from 0 to 10, so bring yours to that scale'],
    [1e308, 'value is 1e+308; a rating is from 0 to 10, so bring yours to that scale'],
    [Number.NaN, 'value must be a finite number'],
    [Number.POSITIVE_INFINITY, 'value must be a finite number'],
  ])('refuses a rating of %d, naming the range and the way out', (value, message) => {
    const rating = { ...view, user_id: 'u', type: 'rating', value };
    const error = errorOf(() => validateEvent(interactionEvent, rating));
    expect(error).toMatchObject({ code: 'FIELD_INVALID', field: 'value', message });
  });

  it('takes what was paid, whatever it was', () => {
    expect(validateEvent(interactionEvent, { ...view, user_id: 'u', type: 'purchase', value: 129_000 }).value).toBe(
      129_000,
    );
  });

  it('refuses a purchase that gives money back, and says what to send', () => {
    const purchase = { ...view, user_id: 'u', type: 'purchase' };
    expect(errorOf(() => validateEvent(interactionEvent, { ...purchase, value: -0.01 }))).toMatchObject({
      code: 'FIELD_INVALID',
      field: 'value',
      message:
        'value is -0.01; of a purchase it is the amount paid, 0 or more, and what came back is no purchase: send a dislike, or nothing',
    });
    for (const value of [0, null, undefined]) {
      expect(validateEvent(interactionEvent, { ...purchase, value }).type).toBe('purchase');
    }
    expect(validateEvent(interactionEvent, { ...view, user_id: 'u', type: 'view', value: -1 }).value).toBe(-1);
  });

  it('needs a value where the type measures something', () => {
    const rating = { ...view, user_id: 'u', type: 'rating' };
    expect(errorOf(() => parseEvent(interactionEvent, bytes(rating)))).toMatchObject({ field: 'value' });
  });
});

describe('a user event', () => {
  const user = (blocked: unknown) =>
    bytes({ kind: 'upserted', user_id: '김', attributes: { age: 3, blocked_categories: blocked } });

  it.each([
    ['a plain string', '커피', 'attributes.blocked_categories', 'must be a list of strings'],
    ['a number', 3, 'attributes.blocked_categories', 'must be a list of strings'],
    ['numbers', ['커피', 3], 'attributes.blocked_categories.1', 'expected string'],
    ['what no category can be', ['x'.repeat(257)], 'attributes.blocked_categories.0', '256 bytes'],
    ['too many', Array.from({ length: 1_025 }, String), 'attributes.blocked_categories', '1024 entries'],
  ])('that blocks %s is refused by field, since it would block nothing', (_, blocked, field, message) => {
    const error = errorOf(() => parseEvent(userEvent, user(blocked)));
    expect(error).toMatchObject({ field });
    expect(error.message).toContain(message);
  });

  it('blocks a list of categories, or none, beside whatever other attributes', () => {
    for (const blocked of [['커피', '차'], [], null]) {
      const attributes = { age: 3, blocked_categories: blocked };
      expect(parseEvent(userEvent, user(blocked))).toMatchObject({ attributes });
    }
    const other = { kind: 'upserted', user_id: 'u', attributes: { a: { b: 1 } } };
    expect(errorOf(() => parseEvent(userEvent, bytes(other)))).toMatchObject({ field: 'attributes.a' });
  });
});
