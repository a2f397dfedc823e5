import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readJudgedQueries } from './judged-queries.ts';
import { modelArgument } from './model-argument.ts';
import { modelParameters, parameter } from './model-parameters.ts';

const folder = mkdtempSync(join(tmpdir(), 'kindred-models-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

describe('a model', () => {
  it('is NAME or NAME@VERSION', () => {
    expect(modelArgument('e5-small')).toEqual({ name: 'e5-small', version: '' });
    expect(modelArgument('e5-small@2026-11')).toEqual({ name: 'e5-small', version: '2026-11' });
    for (const bad of ['', '@', 'e5@', '@1', 'a@1@2', 'a b']) expect(() => modelArgument(bad)).toThrow('NAME@VERSION');
  });
});

describe('parameters', () => {
  it.each([
    ['threads=2', 2],
    ['sendDimensions=true', true],
    ['maxTokens=null', null],
    ['tags=["가", 1]', ['가', 1]],
    ['version="2"', '2'],
    ['queryPrefix=질문: ', '질문: '],
    ['baseUrl=http://embed.internal:8080/v1?a=b', 'http://embed.internal:8080/v1?a=b'],
    ['prefix=', ''],
  ])('%s', (pair, value) => {
    expect(parameter(pair)).toEqual([pair.slice(0, pair.indexOf('=')), value]);
  });

  it('come from a file too, where --param wins', async () => {
    const path = file('params.json', '{"folder": "e5", "threads": 1}');
    expect(await modelParameters(['threads=4'], path)).toEqual({ folder: 'e5', threads: 4 });
    expect(await modelParameters()).toEqual({});
  });

  it('that cannot be read are refused with the reason', async () => {
    await expect(modelParameters(['=2'])).rejects.toThrow('key=value');
    await expect(modelParameters([], file('list.json', '[1]'))).rejects.toThrow('one JSON object');
    await expect(modelParameters([], file('bad.json', '{'))).rejects.toThrow('is not JSON');
    await expect(modelParameters([], join(folder, 'none.json'))).rejects.toThrow('there is no such file');
  });
});

describe('judged queries', () => {
  it('are read line by line', async () => {
    const text =
      '\ufeff{"query": " 무선 마우스 ", "grades": {"S-1": 2, "상품-2": 0}}\n\n{"query": "b", "grades": {"1": 0.5}}';
    expect(await readJudgedQueries(file('good.jsonl', text))).toEqual([
      { text: '무선 마우스', grades: { 'S-1': 2, '상품-2': 0 } },
      { text: 'b', grades: { 1: 0.5 } },
    ]);
  });

  it('name every bad line by its number', async () => {
    const lines = [
      '{"query": "가", "grades": {"S-1": 1}}',
      '{"query": "나"',
      '{"query": "", "grades": {"S-1": 1}}',
      '{"query": "다", "grades": {"S-1": "high"}}',
      '{"query": "라", "grades": {"S-1": -1}}',
      '{"query": "마", "grades": {}}',
      '{"query": "바", "grades": {"S-1": 1}, "user": 7}',
      '[]',
    ];
    const error = await readJudgedQueries(file('평가.jsonl', lines.join('\n'))).catch((reason: Error) => reason);
    const [heading, ...named] = (error as Error).message.split('\n');
    expect(heading).toContain('평가.jsonl has lines that are not');
    expect(named[0]).toContain('line 2: is not valid JSON');
    expect(named.slice(1)).toEqual([
      '  line 3: query must not be empty',
      '  line 4: grades.S-1 must be a number, 0 for irrelevant',
      '  line 5: grades.S-1 must be 0 or more',
      '  line 6: grades must grade an item',
      '  line 7: user is not known; a line has query and grades',
      '  line 8: is not a JSON object; write one {...} per line',
    ]);
  });

  it('name the first ten bad lines, and are refused where there are none', async () => {
    const many = file('many.jsonl', 'x\n'.repeat(12));
    await expect(readJudgedQueries(many)).rejects.toThrow(/line 10: .*\n {2}and 2 more$/);
    await expect(readJudgedQueries(file('empty.jsonl', '\n'))).rejects.toThrow('has no query');
    await expect(readJudgedQueries(join(folder, 'none.jsonl'))).rejects.toThrow('there is no such file');
  });
});
