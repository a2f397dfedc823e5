import type { Database } from '@kindred/database';
import { beforeAll, describe, expect, it } from 'vitest';
import { hasPostgres, testDatabases } from '../../../../test/support/databases.ts';
import type { IndexSettings } from '../collection.store.ts';
import { CollectionDirectory } from '../collection-directory.ts';
import { promote } from '../promotion.ts';
import type { Distance } from '../search/distance.ts';
import { Search } from '../search/search.ts';
import type { SearchRequest } from '../search/search-request.ts';
import { clustered, Library, plainScore, preferringIndexes } from './library.fake.spec.ts';

const distances: Distance[] = ['cosine', 'inner_product', 'l2', 'l1', 'hamming', 'jaccard'];

/** The vector index is the one whose name is not the primary key's. */
const usesIndex = /Index Scan using \S*(embedding|expr|binary_quantize)\S*_idx on vectors_/;

const searchOf = (library: Library, database = library.database) => {
  const search = new Search(database, new CollectionDirectory(library.database));
  return (vector: Float32Array, more: Partial<SearchRequest> = {}) =>
    search.query({
      tenant: library.collection.tenant,
      collection: 'library',
      by: { kind: 'vector', values: [...vector], model: '' },
      limit: 10,
      ...more,
    });
};

describe.each(testDatabases())('distances on $name', ({ open }) => {
  let library: Library;
  const vectors = clustered(300, 64, 1);
  beforeAll(async () => {
    library = await Library.open(await open(), 'distances', 64, { kind: 'auto' });
    await library.put(vectors);
  });

  it.each(distances)('orders by %s as plain JavaScript does', async (distance) => {
    const ask = searchOf(library);
    for (const target of clustered(3, 64, 2)) {
      const { hits, plan } = await ask(target, { distance, limit: 50 });
      expect(plan.legs[0]!.method).toBe('vector_exact');
      const length = Math.hypot(...target);
      const query = target.map((value) => value / length);
      const expected = vectors.map((vector) => plainScore(distance, vector, query)).sort((a, b) => b - a);
      // Halves of the query's own elements are off by a two-thousandth of them.
      for (const [at, hit] of hits.entries()) {
        expect(Math.abs(hit.score - expected[at]!)).toBeLessThan(distance === 'l1' ? 0.02 : 2e-3);
      }
      for (const hit of hits) {
        const vector = vectors[Number(hit.itemId.slice(1))]!;
        expect(Math.abs(plainScore(distance, vector, query) - hit.score)).toBeLessThan(distance === 'l1' ? 0.02 : 2e-3);
      }
    }
  });
});

const indexes: [string, IndexSettings, Distance, string][] = [
  ['HNSW, default', { kind: 'hnsw' }, 'cosine', 'vector_hnsw'],
  ['HNSW, cosine', { kind: 'hnsw', distance: 'cosine' }, 'cosine', 'vector_hnsw'],
  ['HNSW, inner product', { kind: 'hnsw', distance: 'inner_product' }, 'inner_product', 'vector_hnsw'],
  ['HNSW, L2', { kind: 'hnsw', distance: 'l2' }, 'l2', 'vector_hnsw'],
  ['HNSW, L1', { kind: 'hnsw', distance: 'l1' }, 'l1', 'vector_hnsw'],
  ['HNSW, Hamming', { kind: 'hnsw', distance: 'hamming' }, 'hamming', 'vector_hnsw_bit'],
  ['HNSW, Jaccard', { kind: 'hnsw', distance: 'jaccard' }, 'jaccard', 'vector_hnsw_bit'],
  ['HNSW, signs for cosine', { kind: 'hnsw', element: 'bit', distance: 'cosine' }, 'cosine', 'vector_hnsw_bit'],
  ['IVFFlat, default', { kind: 'ivfflat' }, 'cosine', 'vector_ivfflat'],
  ['IVFFlat, cosine', { kind: 'ivfflat', distance: 'cosine', lists: 30 }, 'cosine', 'vector_ivfflat'],
  [
    'IVFFlat, inner product',
    { kind: 'ivfflat', distance: 'inner_product', lists: 30 },
    'inner_product',
    'vector_ivfflat',
  ],
  ['IVFFlat, L2', { kind: 'ivfflat', distance: 'l2', lists: 30 }, 'l2', 'vector_ivfflat'],
  ['IVFFlat, Hamming', { kind: 'ivfflat', distance: 'hamming', lists: 30 }, 'hamming', 'vector_ivfflat_bit'],
  ['IVFFlat, signs for L2', { kind: 'ivfflat', element: 'bit', distance: 'l2', lists: 30 }, 'l2', 'vector_ivfflat_bit'],
];

describe.skipIf(!hasPostgres()).each(testDatabases().filter(({ name }) => name === 'postgres'))(
  'indexes',
  ({ open }) => {
    let database: Database;
    const vectors = clustered(3_000, 256, 3);
    const targets = clustered(20, 256, 3).map((vector) =>
      vector.map((value, at) => value + (at % 3 === 0 ? 0.01 : -0.01)),
    );
    beforeAll(async () => {
      database = await open();
    });

    it.each(indexes)(
      '%s fills the page and finds nine of ten',
      { timeout: 120_000 },
      async (name, settings, distance, method) => {
        const library = await Library.open(database, name, 256, settings);
        await library.put(vectors);
        expect(await promote(database, name, library.collection.collectionId, library.model, settings)).toBe(true);
        const plans: string[] = [];
        const ask = searchOf(library, preferringIndexes(database, plans));
        const breadth = settings.kind === 'hnsw' ? { efSearch: 100 } : { probes: 12 };
        let found = 0;
        for (const target of targets) {
          const near = await ask(target, breadth);
          expect(plans.at(-1)).toMatch(usesIndex);
          const exact = await ask(target, { exact: true });
          expect(near.plan.legs[0]!.method).toBe(method);
          expect(exact.plan.legs[0]!.method).toBe('vector_exact');
          expect(near.hits).toHaveLength(10);
          // Equal distances are equally right, whichever items have them.
          const least = exact.hits.at(-1)!.score - 1e-6;
          for (const hit of near.hits) {
            const length = Math.hypot(...target);
            const score = plainScore(
              distance,
              vectors[Number(hit.itemId.slice(1))]!,
              target.map((value) => value / length),
            );
            expect(Math.abs(score - hit.score)).toBeLessThan(distance === 'l1' ? 0.05 : 2e-2);
          }
          found += near.hits.filter((hit) => hit.score >= least).length;
        }
        expect(found / (10 * targets.length)).toBeGreaterThanOrEqual(0.9);
      },
    );

    it('searches exactly by a distance that the index does not serve', async () => {
      const library = await Library.open(database, 'others', 256, { kind: 'hnsw', distance: 'l2' });
      await library.put(vectors.slice(0, 1_500));
      await promote(database, 'others', library.collection.collectionId, library.model, library.collection.index);
      const ask = searchOf(library);
      const methods = [];
      for (const distance of distances) {
        methods.push((await ask(targets[0]!, { distance, efSearch: 50 })).plan.legs[0]!.method);
      }
      expect(methods).toEqual([
        'vector_hnsw',
        'vector_hnsw',
        'vector_hnsw',
        'vector_exact',
        'vector_exact',
        'vector_exact',
      ]);
    });

    it('indexes halves of vectors that are stored in full, and more dimensions than a vector may have', async () => {
      const library = await Library.open(database, 'wide', 2_500, { kind: 'hnsw', m: 8, efConstruction: 32 });
      await library.put(clustered(200, 2_500, 5));
      await promote(database, 'wide', library.collection.collectionId, library.model, library.collection.index);
      const { hits, plan } = await searchOf(library)(clustered(1, 2_500, 5)[0]!, { efSearch: 50 });
      expect(plan.legs[0]!.method).toBe('vector_hnsw');
      expect(hits[0]!.itemId).toBe('i0');
    });
  },
);
