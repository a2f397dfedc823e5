import { describe, expect, it } from 'vitest';
import type { CollectionRow } from '../collection.store.ts';
import { type Planned, planDense } from './dense-plan.ts';
import type { LayoutIndex, ModelLayout } from './layout.store.ts';
import { checkRequest, type SearchRequest } from './search-request.ts';

const collection = { name: 'shop', index: { kind: 'auto' } } as CollectionRow;
const spec = { method: 'hnsw', element: 'halfvec', distance: 'inner_product', m: 24, efConstruction: 128 };
const layout = { index: { method: 'hnsw', partition: 'vectors_c1', cast: false, spec } } as ModelLayout;

const layoutOf = (recentRows: number): ModelLayout => ({ ...layout, index: { ...layout.index!, recentRows } });

const curved = (known: Pick<LayoutIndex, 'recall' | 'live'>): ModelLayout => ({
  ...layout,
  index: { ...layout.index!, ...known },
});
/** Of probes, and of queries that are easier. */
const hard = {
  points: [
    { efSearch: 40, recall: 0.9, error: 0 },
    { efSearch: 160, recall: 1, error: 0 },
  ],
};
const live = {
  points: [
    { efSearch: 20, recall: 0.92, error: 0.01 },
    { efSearch: 40, recall: 0.99, error: 0.01 },
  ],
  queries: 200,
};

function planned(more: Partial<Planned> = {}, asked: Partial<SearchRequest> = {}) {
  const by = { kind: 'vector', values: [1, 0], model: '' } as const;
  const request = checkRequest({ tenant: 'default', collection: 'shop', by, ...asked });
  return planDense({ request, collection, layout, items: 100_000n, depth: 11, mayIndex: true, without: {}, ...more });
}

const breadth = (more?: Partial<Planned>, asked?: Partial<SearchRequest>) =>
  Number(planned(more, asked).settings['hnsw.ef_search']);

describe('the breadth of an HNSW search', () => {
  it('follows what other collections need, until something of this one was measured', () => {
    expect(breadth({}, { recallTarget: 0.95 })).toBe(48);
    expect(planned({}, { recallTarget: 0.95 })).toMatchObject({ breadthFrom: 'default', recall: 0.95 });
  });

  it('follows the probes of the index until enough live queries were measured', () => {
    const known = { layout: curved({ recall: { ...hard, probes: 100, rows: 100_000, measuredAt: new Date(0) } }) };
    expect(planned(known, { recallTarget: 0.95 })).toMatchObject({ breadthFrom: 'index', recall: 0.95 });
    expect(breadth(known, { recallTarget: 0.95 })).toBe(80);
    expect(breadth({ ...known, depth: 101 }, { recallTarget: 0.95 })).toBe(152);
    const both = { layout: curved({ ...known.layout.index, live }) };
    expect(planned(both, { recallTarget: 0.95 }).breadthFrom).toBe('live_queries');
    expect(breadth(both, { recallTarget: 0.95 })).toBe(30);
    expect(planned(both, { recallTarget: 0.95 }).recall).toBeCloseTo(0.96, 2);
    expect(planned(both, { efSearch: 33 }).breadthFrom).toBe('named');
  });

  it('is never hardly more than the page, however easy the queries were', () => {
    const easy = { points: [{ efSearch: 15, recall: 1, error: 0 }], queries: 200 };
    expect(breadth({ layout: curved({ live: easy }) }, { recallTarget: 0.95 })).toBe(17);
    expect(breadth({ layout: curved({ live: easy }), depth: 101 }, { recallTarget: 0.95 })).toBe(152);
  });

  it('is what a query or the collection names all the same', () => {
    const named = { ...collection, index: { kind: 'auto', efSearch: 70 } } as CollectionRow;
    expect(breadth({ layout: curved({ live }) }, { efSearch: 33 })).toBe(33);
    expect(breadth({ layout: curved({ live }), collection: named })).toBe(70);
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
});

describe('the vectors that an HNSW search may visit', () => {
  const most = (depth: number, items = 10_000_000n) => planned({ depth, items }).settings['hnsw.max_scan_tuples'];

  it('are as many as a deep pool takes, and what pgvector visits anyway for others', () => {
    expect([11, 2_500, 3_200, 12_800].map((depth) => most(depth))).toEqual([undefined, undefined, '25600', '102400']);
    expect(most(100_000)).toBe('200000');
  });

  it('are none where a scan of all costs less than so deep a pool', () => {
    expect(planned({ depth: 12_800 })).toMatchObject({ method: 'vector_exact', recall: 1, settings: {} });
    expect(planned({ depth: 1_600 }).method).toBe('vector_hnsw');
  });
});

describe('what is known of approximate indexes of other kinds', () => {
  const bits: ModelLayout = {
    index: { ...layout.index!, spec: { ...spec, element: 'bit', distance: 'hamming' } as LayoutIndex['spec'] },
  } as ModelLayout;

  it('is nothing where signs were not measured: no recall is claimed', () => {
    expect(planned({ layout: bits }, { recallTarget: 0.95 }).recall).toBeUndefined();
    expect(planned({ layout: bits }, { recallTarget: 0.95 }).oversample).toBe(6);
  });

  it('is what as many rows find, compared in full, as the search of signs is broad', () => {
    const known = { layout: { ...bits, index: { ...bits.index!, live } } };
    const plan = planned(known, { recallTarget: 0.95 });
    expect(plan.settings['hnsw.ef_search']).toBe('30');
    expect(plan.oversample! * 11).toBeCloseTo(30);
    expect(plan.recall).toBeCloseTo(0.96, 2);
    expect(planned(known, { efSearch: 20 }).recall).toBeCloseTo(0.92, 2);
    expect(planned(known, { recallTarget: 0.95, distance: 'hamming' }).recall).toBeUndefined();
  });

  it('is nothing of lists, whatever their probes', () => {
    const lists = { method: 'ivfflat', element: 'halfvec', distance: 'inner_product', lists: 100 } as const;
    const index = { method: 'ivfflat', partition: 'vectors_c1', cast: false, spec: lists } as LayoutIndex;
    expect(planned({ layout: { index } as ModelLayout }, { recallTarget: 0.95 })).toMatchObject({
      settings: { 'ivfflat.probes': '15' },
    });
    expect(planned({ layout: { index } as ModelLayout }, { probes: 3 }).recall).toBeUndefined();
  });
});
