import {
  Collection,
  Distance,
  IndexElement,
  IndexKind,
  IndexState,
  ModelRole,
  type VectorIndex,
} from '@kindred/contracts';
import { describe, expect, it } from 'vitest';
import { withIndex } from '../indexes/index-settings.ts';
import { programRuns } from './run-program.fake.spec.ts';

const { server, state, run } = programRuns();
const text = () => state.terminal.printed.join('\n');

const index: VectorIndex = {
  collection: '상품',
  model: { name: 'e5', version: '2' },
  role: ModelRole.MODEL_ROLE_ACTIVE,
  kind: 'text',
  method: 'hnsw',
  element: 'halfvec',
  distance: 'inner_product',
  m: 24,
  efConstruction: 128,
  rows: 19_406n,
  recentRows: 310n,
  deadRows: 12n,
  tableBytes: 21_000_000n,
  indexBytes: 28_400_000n,
  bloat: 1.04,
  state: IndexState.INDEX_STATE_READY,
  reason: '',
  phase: '',
  done: 0n,
  total: 0n,
  recall: {
    breadths: [
      { efSearch: 80, recall: 0.953, error: 0.006 },
      { efSearch: 160, recall: 0.981, error: 0.004 },
    ],
    probes: 100,
    rows: 19_406n,
    measuredAt: new Date(0),
  },
  segments: [],
  segmentsAsAsked: false,
};

describe('kindred indexes', () => {
  it('lists what indexes are built with, their size, bloat and state', async () => {
    server.models.indexes = [index, { ...index, bloat: 2.6, state: IndexState.INDEX_STATE_DUE, reason: 'bloat' }];
    expect(await run('indexes', 'list', '상품')).toEqual({ code: 0, line: '' });
    expect(server.calls.at(-1)!.request).toEqual({ collection: '상품' });
    expect(text()).toMatch(
      /상품 +e5@2 +active +hnsw +m 24, ef_construction 128, halfvec by inner_product +19,406 +310 +12 +21.0 MB +28.4 MB +1.0x +0.981 at 160 +ready/,
    );
    expect(text()).toContain('due: bloat');
    const segments = ['acme', 'oneil'].map((name) => ({
      field: 'brand',
      value: JSON.stringify(name),
      rows: 2_000n,
      bytes: 2_800_000n,
    }));
    server.models.indexes = [{ ...index, segments }];
    await run('indexes', 'list');
    expect(state.terminal.printed.at(-1)).toMatch(/by inner_product, 2 segments of brand .* 34.0 MB/);
    server.models.indexes = [{ ...index, segments, segmentsAsAsked: true }];
    await run('indexes', 'list');
    expect(state.terminal.printed.at(-1)).toMatch(/2 segments of brand \(as asked\) /);
    server.models.indexes = [index, { ...index, state: IndexState.INDEX_STATE_DUE }];
    await run('indexes', 'list', '--json');
    expect(JSON.parse(state.terminal.printed.at(-1)!)).toMatchObject({
      indexes: [{ state: 'ready' }, { state: 'due' }],
    });
  });

  it('shows how far a rebuild has come, and how the index is afterwards', async () => {
    server.models.indexes = [index];
    expect(await run('indexes', 'rebuild', '상품')).toEqual({ code: 0, line: '' });
    expect(server.calls.map(({ method }) => method)).toEqual([
      'rebuildIndex',
      'listIndexes',
      'listIndexes',
      'listIndexes',
    ]);
    expect(text()).toContain('ready');
    await run('indexes', 'rebuild', '상품', '--no-wait');
    expect(text()).toContain('kindred indexes list 상품');
  });
});

describe('index settings of the command line', () => {
  const shop = Collection.fromPartial({
    name: 'shop',
    index: { kind: IndexKind.INDEX_KIND_HNSW, m: 24, efSearch: 80 },
  });

  it('keep what is not named, unless the kind is another', () => {
    expect(withIndex(shop, {}).index).toEqual(shop.index);
    expect(withIndex(shop, { m: 32, element: 'bit' }).index).toMatchObject({
      kind: IndexKind.INDEX_KIND_HNSW,
      m: 32,
      efSearch: 80,
      element: IndexElement.INDEX_ELEMENT_BIT,
    });
    const other = withIndex(shop, { index: 'ivfflat', lists: 100, distance: 'l2' }).index;
    expect(other).toMatchObject({ kind: IndexKind.INDEX_KIND_IVFFLAT, lists: 100, distance: Distance.DISTANCE_L2 });
    expect(other!.m).toBeUndefined();
    const segmented = withIndex(shop, { segments: ['brand', 'categories'] });
    expect(segmented.index).toMatchObject({ m: 24, segments: ['brand', 'categories'] });
    expect(withIndex(segmented, { m: 32 }).index!.segments).toEqual(['brand', 'categories']);
    expect(withIndex(segmented, { segments: [] }).index!.segments).toEqual([]);
  });
});
