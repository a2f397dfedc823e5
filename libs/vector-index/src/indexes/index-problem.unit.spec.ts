import { describe, expect, it } from 'vitest';
import type { IndexSettings } from '../collection.store.ts';
import { oversampleFor, probesFor } from '../planner/breadth.ts';
import { indexFor } from './index-due.ts';
import { dimensionProblem, indexProblem } from './index-problem.ts';
import { listsFor, sameIndex, wantedIndex } from './index-spec.ts';

const refused: [string, IndexSettings, string, string][] = [
  ['m of 1', { kind: 'hnsw', m: 1 }, 'm', 'from 2 to 100'],
  ['m of 101', { kind: 'auto', m: 101 }, 'm', 'from 2 to 100'],
  ['a breadth below twice m', { kind: 'hnsw', m: 40, efConstruction: 79 }, 'ef_construction', 'at least twice m (80)'],
  ['a breadth above 1000', { kind: 'hnsw', efConstruction: 1_001 }, 'ef_construction', 'from 4 to 1000'],
  ['no lists', { kind: 'ivfflat', lists: 0 }, 'lists', 'from 1 to 32768'],
  ['a search breadth of 1001', { kind: 'hnsw', efSearch: 1_001 }, 'ef_search', 'from 1 to 1000'],
  ['more probes than lists', { kind: 'ivfflat', lists: 10, probes: 11 }, 'probes', 'no more than there are'],
  ['lists of HNSW', { kind: 'hnsw', lists: 10 }, 'lists', 'use kind ivfflat'],
  ['links of IVFFlat', { kind: 'ivfflat', m: 16 }, 'm', 'use kind hnsw'],
  ['Hamming between halves', { kind: 'hnsw', distance: 'hamming', element: 'half' }, 'element', 'use element bit'],
  ['L1 by signs', { kind: 'hnsw', distance: 'l1', element: 'bit' }, 'distance', 'element half'],
  ['L1 in lists', { kind: 'ivfflat', distance: 'l1' }, 'distance', 'use kind hnsw'],
  ['Jaccard in lists', { kind: 'ivfflat', distance: 'jaccard' }, 'distance', 'use kind hnsw'],
];

describe('indexProblem', () => {
  it.each(refused)('refuses %s and says what to do', (_name, settings, field, wayOut) => {
    const problem = indexProblem(settings);
    expect(problem?.field).toBe(field);
    expect(problem?.message).toContain(wayOut);
  });

  it('takes what pgvector takes', () => {
    const taken: IndexSettings[] = [
      { kind: 'auto' },
      { kind: 'hnsw', m: 2, efConstruction: 4, efSearch: 1_000 },
      { kind: 'hnsw', distance: 'l1', element: 'half' },
      { kind: 'hnsw', distance: 'jaccard' },
      { kind: 'ivfflat', lists: 32_768, probes: 32_768, distance: 'hamming', element: 'bit' },
    ];
    for (const settings of taken) expect(indexProblem(settings)).toBeUndefined();
  });
});

describe('dimensionProblem', () => {
  const of = (settings: IndexSettings, dimensions: number, element: 'vector' | 'halfvec' = 'vector') =>
    dimensionProblem(settings, { dimensions, element })?.message;

  it('leads from vectors over halves to signs', () => {
    expect(of({ kind: 'hnsw', element: 'stored' }, 2_001)).toContain('use element half');
    expect(of({ kind: 'hnsw', element: 'stored' }, 2_001, 'halfvec')).toBeUndefined();
    expect(of({ kind: 'hnsw' }, 4_000)).toBeUndefined();
    expect(of({ kind: 'hnsw' }, 4_001)).toContain('use element bit (up to 64000), or kind exact');
    expect(of({ kind: 'hnsw', element: 'bit' }, 16_000)).toBeUndefined();
    expect(of({ kind: 'hnsw', element: 'bit' }, 128)).toContain('needs 256 to 64000');
    expect(of({ kind: 'ivfflat', distance: 'hamming' }, 64)).toContain('needs 256');
    for (const kind of ['auto', 'exact'] as const) expect(of({ kind }, 16_000)).toBeUndefined();
  });

  it('leaves out an automatic index that cannot be', () => {
    expect(indexFor({ kind: 'auto' }, { element: 'halfvec', dimensions: 4_001, rows: 1e6 })).toEqual({
      method: 'none',
    });
  });
});

describe('wantedIndex', () => {
  const stored = { element: 'halfvec', dimensions: 384, rows: 100_000 } as const;

  it('fills in what is left open so that pgvector takes it', () => {
    const common = { method: 'hnsw', element: 'halfvec', distance: 'inner_product', recent: true };
    expect(wantedIndex({ kind: 'auto' }, stored)).toEqual({ ...common, m: 24, efConstruction: 128 });
    expect(wantedIndex({ kind: 'hnsw', m: 80 }, stored)).toEqual({ ...common, m: 80, efConstruction: 160 });
    expect(wantedIndex({ kind: 'hnsw', efConstruction: 33 }, stored)).toEqual({ ...common, m: 16, efConstruction: 33 });
    expect(wantedIndex({ kind: 'hnsw' }, { ...stored, element: 'vector', dimensions: 3_000 })).toMatchObject({
      element: 'halfvec',
    });
    expect(wantedIndex({ kind: 'hnsw', element: 'bit', distance: 'cosine' }, stored)).toMatchObject({
      element: 'bit',
      distance: 'hamming',
    });
    expect(wantedIndex({ kind: 'ivfflat' }, stored)).toMatchObject({ method: 'ivfflat', lists: 100 });
    expect([1, 100_000, 1_000_000, 4_000_000].map(listsFor)).toEqual([1, 100, 1_000, 2_000]);
  });

  it('is what was built, though the data grew somewhat', () => {
    const settings: IndexSettings = { kind: 'ivfflat' };
    const built = wantedIndex(settings, stored);
    const at = (rows: number, declared = settings) =>
      sameIndex(built, wantedIndex(declared, { ...stored, rows }), declared);
    expect([at(100_000), at(200_000), at(201_000), at(49_000)]).toEqual([true, true, false, false]);
    expect(at(100_000, { ...settings, lists: 101 })).toBe(false);
    expect(at(100_000, { kind: 'hnsw' })).toBe(false);
    expect(at(100_000, { kind: 'exact' })).toBe(false);
  });
});

describe('breadth', () => {
  it('grows with the recall wanted, up to everything', () => {
    expect([0.5, 0.9, 0.97, 0.99, 1].map((recall) => probesFor(recall, 100))).toEqual([5, 10, 19, 32, 100]);
    expect([0.5, 0.9, 0.95, 0.97, 1].map(oversampleFor)).toEqual([4, 4, 6, 10, 10]);
  });
});
