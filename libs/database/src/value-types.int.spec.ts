import { KindredError } from '@kindred/contracts';
import { beforeAll, describe, expect, it } from 'vitest';
import { testDatabases } from '../../../test/support/databases.ts';
import type { Database } from './database.ts';
import { isDataError } from './sql-error.ts';

describe.each(testDatabases())('Values and results on $name', ({ open }) => {
  let database: Database;
  beforeAll(async () => {
    database = await open();
  });

  const scopeOf = () => ({ tenant: 'types' });

  it('returns every documented type', async () => {
    const text = `select 9007199254740993::int8 as int8, 7::int4 as int4, 1.5::float8 as float8, 0.1::float4 as float4,
      'NaN'::float8 as nan, 12.30::numeric as numeric, true as yes, null::text as nothing, 'x'::name as name,
      '2026-02-03 04:05:06.789+09'::timestamptz as time, 'infinity'::timestamptz as forever,
      '2026-02-03'::date as date, '{"a":[1,null]}'::jsonb as json, '\\x00ff'::bytea as bytes, '[1,2.5]'::vector as vector`;
    const [row] = await database.query(scopeOf(), text);
    expect(row).toEqual({
      int8: 9007199254740993n,
      int4: 7,
      float8: 1.5,
      float4: 0.1,
      nan: Number.NaN,
      numeric: '12.30',
      yes: true,
      nothing: null,
      name: 'x',
      time: new Date('2026-02-02T19:05:06.789Z'),
      forever: Number.POSITIVE_INFINITY,
      date: '2026-02-03',
      json: { a: [1, null] },
      bytes: Buffer.from([0, 255]),
      vector: '[1,2.5]',
    });
  });

  it('takes every documented type and gives it back', async () => {
    const words = ['plain', 'a "quote"', 'back\\slash', '{,}', 'NULL', '', ' 공백 ', '무선 마우스', '🧡', null];
    const values = {
      text: ['text', "it's 'quoted' \\ 한국어 🧡"],
      bigint: ['int8', -(2n ** 63n)],
      number: ['float8', 0.1 + 0.2],
      boolean: ['bool', false],
      time: ['timestamptz', new Date('2026-11-21T07:22:00.123Z')],
      bytes: ['bytea', Buffer.from([0, 1, 254, 255])],
      words: ['text[]', words],
      numbers: ['int4[]', [1, null, -3]],
      longs: ['int8[]', [1n, 2n ** 62n]],
      flags: ['bool[]', [true, false, null]],
      times: ['timestamptz[]', [new Date(0), null]],
      blobs: ['bytea[]', [Buffer.from([0, 92, 34]), Buffer.alloc(0)]],
      nested: [
        'int4[]',
        [
          [1, 2],
          [3, 4],
        ],
      ],
      empty: ['text[]', []],
      nothing: ['text', null],
    } as const;
    for (const [name, [type, value]] of Object.entries(values)) {
      const [row] = await database.query(scopeOf(), `select $1::${type} as value`, [value]);
      expect(row, name).toEqual({ value });
    }
  });

  it('refuses values that have no form, before anything is sent', async () => {
    for (const value of [{ a: 1 }, () => 1, Symbol('x')]) {
      await expect(database.query(scopeOf(), 'select $1::jsonb', [value])).rejects.toThrow(TypeError);
    }
    await expect(database.query(scopeOf(), 'select $1::timestamptz', [new Date('?')])).rejects.toThrow(RangeError);
    expect(await database.query(scopeOf(), 'select $1::jsonb as json', ['{"a":1}'])).toEqual([{ json: { a: 1 } }]);
  });

  it('takes vectors, one and many', async () => {
    const list = [Float32Array.of(1, -2.5, 0), Float32Array.of(0.1, 3e-5, 1000)];
    const [one] = await database.query(scopeOf(), 'select $1::vector as vector', [database.vector(list[0]!)]);
    expect(one).toEqual({ vector: '[1,-2.5,0]' });
    const text = 'select v::text as vector, v::halfvec(3)::text as half from unnest($1::vector[]) v';
    const many = await database.query(scopeOf(), text, [database.vectors(list)]);
    expect(many).toEqual([
      { vector: '[1,-2.5,0]', half: '[1,-2.5,0]' },
      { vector: '[0.1,3e-05,1000]', half: '[0.099975586,2.9981136e-05,1000]' },
    ]);
    expect(await database.query(scopeOf(), text, [database.vectors([])])).toEqual([]);
    const notFinite = database.query(scopeOf(), 'select $1::vector', [database.vector(Float32Array.of(Number.NaN))]);
    expect(await notFinite.catch(isDataError)).toBe(true);
  });

  it('names a null byte, in text and in JSON, as the sender’s mistake', async () => {
    const expected = { code: 'TEXT_HAS_NULL_BYTE', status: 'INVALID_ARGUMENT' };
    const text = await database.query(scopeOf(), 'select $1::text', ['a\0b']).catch((error) => error);
    expect(text).toBeInstanceOf(KindredError);
    expect(text).toMatchObject(expected);
    const json = database.query(scopeOf(), "select $1::jsonb ->> 'a'", [JSON.stringify({ a: '\0' })]);
    await expect(json).rejects.toMatchObject(expected);
    const list = database.query(scopeOf(), 'select $1::text[]', [['ok', 'a\0b']]);
    await expect(list).rejects.toMatchObject(expected);
  });
});
