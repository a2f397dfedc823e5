import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readQueryFile } from './query-file.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kindred-queries-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function read(...lines: string[]) {
  const file = join(folder, 'queries.jsonl');
  await writeFile(file, lines.join('\n'));
  return readQueryFile(file, 2);
}

describe('a file of queries', () => {
  it('holds texts, vectors and items, and empty lines count', async () => {
    expect(await read('{"text": " 무선 마우스 "}', '', '{"vector": [0.5, -1]}', '{"item_id": "a b"}', '')).toEqual([
      { line: 1, text: '무선 마우스' },
      { line: 3, vector: [0.5, -1] },
      { line: 4, itemId: 'a b' },
    ]);
  });

  it.each([
    ['not JSON', '{text}', 'line 1: is not valid JSON'],
    ['no object', '["a"]', 'line 1: is not a JSON object'],
    ['none of them', '{}', 'line 1: must have one of text, vector and item_id'],
    ['an unknown field', '{"query": "a"}', 'line 1: query is not known; a line has text, vector or item_id'],
    ['a vector of texts', '{"vector": ["a", "b"]}', 'line 1: vector.0 must hold finite numbers'],
    ['a vector too long', '{"vector": [1, 2, 3]}', "line 1: vector has 3 numbers, the collection's vectors have 2"],
    ['a vector of zeros', '{"vector": [0, 0]}', 'line 1: vector is all zeros'],
  ])('is refused for %s', async (_what, line, message) => {
    await expect(read(line)).rejects.toThrow(message);
  });

  it('has a query, exists, and names ten of its bad lines', async () => {
    await expect(read('')).rejects.toThrow('queries.jsonl has no query');
    await expect(readQueryFile(join(folder, '없음.jsonl'), 2)).rejects.toThrow('there is no such file');
    const bad = Array.from({ length: 12 }, () => '{}');
    await expect(read(...bad)).rejects.toThrow(/line 10: .*\n {2}and 2 more$/s);
  });
});
