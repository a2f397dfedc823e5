import { describe, expect, it } from 'vitest';
import { indexDue, rebuiltAt } from './index-due.ts';
import { wantedIndex } from './index-spec.ts';
import type { PartitionState } from './vector-index.store.ts';

const stored = { element: 'halfvec', dimensions: 384, rows: 100_000 } as const;
const spec = wantedIndex({ kind: 'auto' }, stored);
if (spec.method !== 'hnsw') throw new Error('an automatic index is HNSW');

const state: PartitionState = {
  oid: 1n,
  index: { spec, cast: false },
  rows: 100_000,
  recentRows: 0,
  deadRows: 0,
  tableBytes: 0,
  indexBytes: 0,
  copying: false,
  busy: false,
};
const due = (more: Partial<PartitionState>) => indexDue({ kind: 'auto' }, { ...state, ...more }, stored)?.reason;

describe('an index with a recent part', () => {
  it('is built anew when half of the vectors are not in it, and never for fewer than 10,000', () => {
    expect([0, 49_999, 50_000].map((recentRows) => due({ recentRows }))).toEqual([undefined, undefined, 'recent']);
    expect([1_000, 40_000, 1_000_000].map(rebuiltAt)).toEqual([10_000, 20_000, 500_000]);
  });

  it('takes the place of one without', () => {
    expect(due({ index: { spec: { ...spec, recent: false }, cast: false } })).toBe('settings');
  });
});
