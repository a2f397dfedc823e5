import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gradesOf } from './click-judgements.ts';
import { readJudgementFile } from './judgement-file.ts';

describe('judgements', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kindred-judged-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const read = async (...lines: string[]) => {
    const file = join(folder, '판정.jsonl');
    await writeFile(file, lines.join('\n'));
    return readJudgementFile(file);
  };

  it('are ids, or grades by id', async () => {
    const judged = await read(
      '{"query": " 무선 마우스 ", "relevant": ["a", "나"]}',
      '{"query": "tv", "grades": {"b": 3, "c": 0}}',
    );
    expect(judged).toEqual([
      { text: '무선 마우스', grades: new Map([...'a나'].map((id) => [id, 1])) },
      { text: 'tv', grades: new Map(Object.entries({ b: 3, c: 0 })) },
    ]);
  });

  it.each([
    ['{"query": "a", "relevant": [1]}', 'line 1: relevant.0 must be an item id as a text'],
    ['{"query": "a", "relevant": "x"}', 'line 1: relevant must be a list of item ids'],
    ['{"query": "a", "relevant": []}', 'line 1: relevant names no item'],
    ['{"query": " ", "relevant": ["x"]}', 'line 1: query must not be empty'],
    ['{"relevant": ["x"]}', 'line 1: query must be a text'],
    ['{"query": "a"}', 'line 1: must have one of relevant and grades'],
    ['{"query": "a", "relevant": ["x"], "grades": {"x": 1}}', 'line 1: must have one of relevant and grades'],
    ['{"query": "a", "grades": {"x": 0}}', 'line 1: grades has no grade above 0'],
    ['{"query": "a", "grades": {"x": -1}}', 'line 1: grades.x must be 0 or more'],
    ['{"query": "a", "grades": {"x": "good"}}', 'line 1: grades.x must be a number, 0 for irrelevant'],
    ['{"text": "a", "relevant": ["x"]}', 'line 1: query must be a text'],
    [
      '{"query": "a", "relevant": ["x"], "why": 1}',
      'line 1: why is not known; a line has query, and relevant or grades',
    ],
    ['mouse', 'line 1: is not valid JSON'],
    ['', '판정.jsonl has no query'],
  ])('refuse %s', async (line, message) => {
    await expect(read(line)).rejects.toThrow(message);
  });

  it('refuse a query that is judged twice, by both lines', async () => {
    const line = '{"query": "a", "relevant": ["x"]}';
    await expect(read(line, '', line)).rejects.toThrow('line 3: the query is judged in line 1 already; join the two');
  });

  it('name a file that is not there', async () => {
    await expect(readJudgementFile(join(folder, 'none'))).rejects.toThrow('there is no such file');
  });

  it('count a click by its position, up to ten', () => {
    const click = (itemId: string, position: number | undefined, clicks: bigint) => ({ itemId, position, clicks });
    const grades = gradesOf([click('a', 0, 3n), click('a', 4, 1n), click('b', undefined, 2n), click('c', 99, 1n)]);
    expect(grades).toEqual(new Map(Object.entries({ a: 8, b: 2, c: 10 })));
  });
});
