import { describe, expect, it } from 'vitest';
import type { CollectionRow } from '../collection.store.ts';
import { boundedMissed } from '../planner/dense-planner.ts';
import { type Planned, planDense } from './dense-plan.ts';
import type { ModelLayout } from './layout.store.ts';
import { checkRequest, type SearchRequest } from './search-request.ts';

const collection = { name: 'shop', index: { kind: 'auto' } } as CollectionRow;
const spec = { method: 'hnsw', element: 'halfvec', distance: 'inner_product', m: 24, efConstruction: 128 };
const layout = { index: { method: 'hnsw', partition: 'vectors_c1', cast: false, spec } } as ModelLayout;

const layoutOf = (recentRows: number): ModelLayout => ({ ...layout, index: { ...layout.index!, recentRows } });

function planned(more: Partial<Planned> = {}, asked: Partial<SearchRequest> = {}) {
  const by = { kind: 'vector', values: [1, 0], model: '' } as const;
  const request = checkRequest({ tenant: 'default', collection: 'shop', by, ...asked });
  return planDense({ request, collection, layout, items: 100_000n, depth: 11, mayIndex: true, without: {}, ...more });
}

const breadth = (more?: Partial<Planned>, asked?: Partial<SearchRequest>) =>
  Number(planned(more, asked).settings['hnsw.ef_search']);

describe('the breadth of an HNSW search', () => {
  it('follows what was measured of the collection, where enough was', () => {
    expect(breadth({}, { recallTarget: 0.95 })).toBe(48);
    expect(breadth({ missed: 1.2 }, { recallTarget: 0.95 })).toBe(24);
    expect(breadth({ missed: 9.6 }, { recallTarget: 0.95 })).toBe(192);
    expect(planned({ missed: 1.2 }, { recallTarget: 0.95 }).recall).toBeCloseTo(0.95);
  });

  it('follows the probes of the index until enough live queries were measured', () => {
    const points = [
      { efSearch: 40, recall: 0.9, error: 0 },
      { efSearch: 160, recall: 1, error: 0 },
    ];
    const recall = { points, probes: 100, rows: 100_000, measuredAt: new Date(0) };
    const known = { layout: { ...layout, index: { ...layout.index!, recall } } };
    expect(planned(known, { recallTarget: 0.95 })).toMatchObject({ breadthFrom: 'index', recall: 0.95 });
    expect(breadth(known, { recallTarget: 0.95 })).toBe(80);
    expect(breadth({ ...known, depth: 101 }, { recallTarget: 0.95 })).toBe(152);
    expect(planned({ ...known, missed: 1.2 }, { recallTarget: 0.95 }).breadthFrom).toBe('live_queries');
    expect(breadth({ ...known, missed: 1.2 }, { recallTarget: 0.95 })).toBe(24);
    expect(planned({}, { recallTarget: 0.95 }).breadthFrom).toBe('default');
    expect(planned(known, { efSearch: 33 }).breadthFrom).toBe('named');
  });

  it('is what a query or the collection names all the same', () => {
    const named = { ...collection, index: { kind: 'auto', efSearch: 70 } } as CollectionRow;
    expect(breadth({ missed: 9.6 }, { efSearch: 33 })).toBe(33);
    expect(breadth({ missed: 9.6, collection: named })).toBe(70);
  });

  it('grows with the share of what is outside of the index, where that has a graph of its own', () => {
    const beside = (recentRows: number) => planned({ layout: layoutOf(recentRows) }, { recallTarget: 0.95 });
    expect(beside(0)).toMatchObject({ recent: { scanned: true, rows: 0, examined: 0 }, recall: 0.95 });
    expect(beside(500).recent).toMatchObject({ scanned: true, examined: 500 });
    expect(beside(501).recent).toMatchObject({ scanned: false, rows: 501, examined: 11 });
    expect([0, 500, 25_000, 100_000].map((rows) => Number(beside(rows).settings['hnsw.ef_search']))).toEqual([
      48, 48, 60, 96,
    ]);
    expect(planned({ layout: layoutOf(50_000) }, { efSearch: 33 }).settings['hnsw.ef_search']).toBe('33');
    expect(planned({ layout: layoutOf(90_000) }, { recallTarget: 0.999 }).settings['hnsw.ef_search']).toBe('1000');
  });

  it('neither shrinks to nothing nor grows without end', () => {
    expect([0, 2, 1_000].map(boundedMissed)).toEqual([0.6, 2, 24]);
  });
});
