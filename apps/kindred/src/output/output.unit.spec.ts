import { FusionMethod, type Hit, Plan } from '@kindred/contracts';
import { describe, expect, it } from 'vitest';
import { number } from './format.ts';
import { hitsText } from './hits-table.ts';
import { jsonText, toJson } from './json.ts';
import { planLine } from './plan-line.ts';
import { renderTable } from './table.ts';

const columns = [
  { head: 'id', value: (row: string[]) => row[0]! },
  { head: 'title', flexible: true, value: (row: string[]) => row[1]! },
  { head: 'price', right: true, value: (row: string[]) => row[2]! },
];

/** Terminal cells, for what these tests use. */
const cells = (text: string) =>
  [...text].reduce((sum, char) => sum + (/[\u1100-\u11ff\u3000-\ud7ff]/.test(char) ? 2 : 1), 0);

describe('a number', () => {
  it('has its thousands apart, and all its digits', () => {
    expect([43_519.95, 0.95, -1_234_567.125, 19_406].map(number)).toEqual([
      '43,519.95',
      '0.95',
      '-1,234,567.125',
      '19,406',
    ]);
  });
});

describe('a table', () => {
  it('aligns Hangul by the cells it takes', () => {
    const lines = renderTable(columns, [
      ['1', '무선 마우스', '18,900'],
      ['22', 'wireless mouse', '9'],
    ]).split('\n');
    expect(new Set(lines.map(cells)).size).toBe(1);
    expect(lines[1]).toContain('무선 마우스');
  });

  it('shortens the flexible column to the width of the terminal', () => {
    const lines = renderTable(columns, [['1', '아주 긴 이름의 상품 '.repeat(10), '1']], 60).split('\n');
    expect(Math.max(...lines.map(cells))).toBeLessThanOrEqual(60);
    expect(lines[1]).toContain('…');
  });

  it('leaves out columns without a value, and keeps a row on one line', () => {
    const text = renderTable(columns, [['1', 'two\nlines', '']]);
    expect(text).not.toContain('price');
    expect(text.split('\n')).toHaveLength(2);
  });
});

const plan = Plan.fromPartial({
  legs: [
    { name: 'lexical', method: 'bm25_exact', rows: 10n, complete: true },
    { name: 'dense', method: 'vector_exact', rows: 10n, complete: true },
  ],
  complete: true,
  fusion: FusionMethod.FUSION_METHOD_NORMALIZED,
  tookMs: 4.12,
});

describe('the plan line', () => {
  it('says what ran, whether it is complete, and how long it took', () => {
    expect(planLine(plan)).toBe('hybrid: bm25_exact + vector_exact, complete, 4.1 ms');
  });

  it('says what went otherwise than asked', () => {
    const lexical = {
      ...plan,
      legs: plan.legs.slice(0, 1),
      complete: false,
      notes: ['embedding unavailable: lexical only'],
    };
    expect(planLine(lexical)).toBe('lexical: bm25_exact, not complete, 4.1 ms; embedding unavailable: lexical only');
  });
});

describe('hits', () => {
  it('show scores with three decimals, prices with two and the reason', () => {
    const item = {
      collection: 'shop',
      itemId: 'S-1',
      title: '무선 마우스',
      body: '',
      imageUrl: '',
      price: 18900,
      hidden: false,
      categories: [],
    };
    const hit: Hit = {
      collection: 'shop',
      itemId: 'S-1',
      score: 0.98765,
      item,
      scores: {},
      vector: [],
      reason: 'because you liked 키보드',
      matchedFields: [],
      highlights: [],
    };
    const text = hitsText({ hits: [hit], groups: [], plan, nextPageToken: 'abc', attributes: [] });
    for (const part of ['0.988', '18,900.00', 'because you liked 키보드', 'complete', '--page-token abc'])
      expect(text).toContain(part);
    expect(text).not.toContain('\u001b');
  });
});

describe('JSON output', () => {
  it('is snake_case, exact and keeps the names people chose', () => {
    const value = {
      itemId: '1',
      createdAt: new Date(0),
      count: 5n,
      big: 2n ** 60n,
      value: Buffer.from('a'),
      none: undefined,
      attributes: { displayName: 1 },
    };
    expect(toJson(value)).toEqual({
      item_id: '1',
      created_at: '1970-01-01T00:00:00.000Z',
      count: 5,
      big: '1152921504606846976',
      value: 'YQ==',
      attributes: { displayName: 1 },
    });
  });

  it('spells fields of a message as the contract does, where other replies hold chosen names', () => {
    const value = { datasetHash: 'x', leftP50Ms: 1, overlapAt10: 1, metrics: { activeNdcg10: 0.1, differenceLow: 0 } };
    expect(JSON.parse(jsonText(value, { messages: ['metrics'] }))).toEqual({
      dataset_hash: 'x',
      left_p50_ms: 1,
      overlap_at_10: 1,
      metrics: { active_ndcg10: 0.1, difference_low: 0 },
    });
    expect(JSON.parse(jsonText(value)).metrics).toEqual(value.metrics);
  });
});
