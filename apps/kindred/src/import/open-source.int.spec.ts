import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSource, type SourceOptions } from './open-source.ts';
import { detectDelimiter } from './read-csv.ts';
import { sampleRowsOf } from './sample.ts';
import type { SourceRow } from './source-row.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kindred-import-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function read(name: string, content: string | Uint8Array, options: Partial<SourceOptions> = {}) {
  const file = join(folder, name);
  await writeFile(file, content);
  const source = await openSource(file, { encoding: 'utf-8', ...options });
  const sampled = await sampleRowsOf(source);
  const rows: SourceRow[] = [];
  for await (const row of sampled.rows) rows.push(row);
  return { headers: sampled.headers, rows, progress: source.progress() };
}

describe('reading CSV', () => {
  it('drops the byte order mark, keeps quotes and line breaks, and counts lines of the file', async () => {
    const { headers, rows, progress } = await read(
      'a.csv',
      '\ufeff상품번호,상품명\r\n1,"말하기를 ""안녕"", 그리고\r\n다음 줄"\r\n\r\n2,둘\r\n3,셋,남음\r\n4,넷',
    );
    expect(headers).toEqual(['상품번호', '상품명']);
    expect(rows).toEqual([
      { line: 2, values: { 상품번호: '1', 상품명: '말하기를 "안녕", 그리고\r\n다음 줄' } },
      { line: 5, values: { 상품번호: '2', 상품명: '둘' } },
      { line: 6, problem: { field: '', reason: expect.stringContaining('has 3 fields, the header has 2') } },
      { line: 7, values: { 상품번호: '4', 상품명: '넷' } },
    ]);
    expect(progress).toBe(1);
  });

  it('takes files whose lines end in different ways', async () => {
    const { rows } = await read('mixed.csv', 'id,x\r\n1,a\r\n2,b\n3,c\r\n');
    expect(rows.map((row) => [row.line, 'values' in row && row.values.x])).toEqual([
      [2, 'a'],
      [3, 'b'],
      [4, 'c'],
    ]);
  });

  it.each([
    ['a;b,c;d', ';'],
    ['a\tb', '\t'],
    ['"a;b;c",d', ','],
    ['a|b|c', '|'],
    ['only', ','],
  ])('detects the delimiter of %j', (line, delimiter) => {
    expect(detectDelimiter(`${line}\n1;2;3;4;5\n`)).toBe(delimiter);
  });

  it('says where text stops being UTF-8 and what to do, and reads it as CP949 then', async () => {
    const korean = new Uint8Array([...Buffer.from('id,name\n1,a\n2,'), 0xb8, 0xb6, 0xbf, 0xec, 0xbd, 0xba, 0x0a]);
    await expect(read('b.csv', korean)).rejects.toThrow(
      'b.csv is not utf-8 (near line 3). If Excel saved it in Korea, add --encoding cp949',
    );
    const { rows } = await read('b.csv', korean, { encoding: 'cp949' });
    expect(rows[1]).toEqual({ line: 3, values: { id: '2', name: '마우스' } });
  });

  it('refuses headers that are empty or doubled, and a quote that never closes', async () => {
    await expect(read('c.csv', 'id,,x\n')).rejects.toThrow('column 2 has no name');
    await expect(read('d.csv', 'id,x,id\n')).rejects.toThrow('two columns are called "id"');
    await expect(read('e.csv', 'id,x\n1,"open\n2,y\n')).rejects.toThrow(
      'from line 2: a quote is opened and never closed',
    );
    await expect(read('f.csv', '')).rejects.toThrow('is empty');
  });

  it('says how to name a format that the file name hides', async () => {
    await expect(read('g.dat', 'id\n1')).rejects.toThrow('add --format csv');
    await expect(openSource(join(folder, 'none.csv'), { encoding: 'utf-8' })).rejects.toThrow('there is no such file');
    await expect(read('h.csv', 'id\n1', { encoding: 'klingon' })).rejects.toThrow('--encoding klingon is not known');
  });
});

describe('reading JSON Lines', () => {
  it('reports bad lines by number and reads their neighbors', async () => {
    const { headers, rows } = await read(
      'a.jsonl',
      '{"item_id":"1","제목":"가"}\n\n{"item_id":\n[1]\n{"item_id":"2","x":1}',
    );
    expect(headers).toEqual(['item_id', '제목', 'x']);
    expect(rows).toEqual([
      { line: 1, values: { item_id: '1', 제목: '가' } },
      { line: 3, problem: { field: '', reason: expect.stringContaining('is not valid JSON') } },
      { line: 4, problem: { field: '', reason: expect.stringContaining('is not a JSON object') } },
      { line: 5, values: { item_id: '2', x: 1 } },
    ]);
  });
});

describe('reading Parquet', () => {
  it.each(['snappy', 'zstd', 'gzip', 'brotli'])('reads rows packed with %s', async (codec) => {
    const file = join(import.meta.dirname, '..', '..', 'test', `shop-${codec}.parquet`);
    const source = await openSource(file, { encoding: 'utf-8' });
    const { headers, sample } = await sampleRowsOf(source);
    expect(headers).toEqual(['item_id', '상품명', 'price', 'stock', 'released', 'genres', 'wireless']);
    const released = '2025-03-02T00:00:00.000Z';
    const [first, second, third] = sample;
    expect(first).toMatchObject({
      item_id: 'S-1',
      상품명: '무선 마우스',
      stock: 42,
      released,
      genres: ['마우스', '사무'],
      wireless: true,
    });
    expect(second).toMatchObject({ price: 39900.5, stock: '1152921504606846976', genres: [], wireless: false });
    expect([third?.상품명, third?.price, third?.genres].every((value) => value === null || value === undefined)).toBe(
      true,
    );
  });

  it('refuses a file that is none', async () => {
    await expect(read('b.parquet', 'PAR0 not really')).rejects.toThrow('is not a Parquet file');
  });
});
