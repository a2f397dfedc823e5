import type { Database } from '@kindred/database';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { hasPostgres, testDatabases } from '../../../../test/support/databases.ts';
import type { IndexSettings } from '../collection.store.ts';
import { CollectionDirectory } from '../collection-directory.ts';
import { deleteVectors } from '../models/vector.store.ts';
import { promoteWhenLarge } from '../promotion.ts';
import { Search } from '../search/search.ts';
import type { SearchRequest } from '../search/search-request.ts';
import { must, onField } from '../shop.fake.spec.ts';
import { buildIndex } from './build-index.ts';
import { foldRecent } from './fold-recent.ts';
import { examineIndex, keepIndex, separate } from './keep-index.ts';
import { clustered, Library, preferringIndexes } from './library.fake.spec.ts';

const settings: IndexSettings = { kind: 'hnsw', m: 8, efConstruction: 64 };

/** A search whose layouts are of now. */
function searchOf(library: Library, database = library.database) {
  const search = new Search(database, new CollectionDirectory(library.database));
  const { tenant } = library.collection;
  return (vector: Float32Array, more: Partial<SearchRequest> = {}) =>
    search.query({
      tenant,
      collection: 'library',
      by: { kind: 'vector', values: [...vector], model: '' },
      limit: 10,
      efSearch: 400,
      ...more,
    });
}

const remove = ({ database, collection, model }: Library, ids: string[]) =>
  database.transaction({ tenant: collection.tenant }, (sql) => deleteVectors(sql, model, collection.collectionId, ids));

describe.skipIf(!hasPostgres()).each(testDatabases().filter(({ name }) => name === 'postgres'))(
  'what was written since the index was built',
  ({ open }) => {
    let database: Database;
    const vectors = clustered(3_200, 64, 11);
    beforeAll(async () => {
      database = await open();
    });

    async function built(tenant: string, count: number, index = settings): Promise<Library> {
      const library = await Library.open(database, tenant, 64, index);
      await library.put(vectors.slice(0, count));
      expect(await keepIndex(database, library.vectors, index)).toBe('large');
      return library;
    }

    it('is found at commit, new, changed and deleted, and the plan says where', async () => {
      const library = await built('seen', 1_000);
      const ask = searchOf(library);
      const [fresh, changed] = [vectors[1_500]!, vectors[1_501]!];
      expect((await ask(fresh)).plan.legs[0]).toMatchObject({ settings: { recent: 'exact', recent_rows: '0' } });
      await library.put([fresh], 1_500);
      await library.put([changed], 7);
      expect((await ask(fresh)).hits[0]).toMatchObject({ itemId: 'i1500' });
      expect((await ask(changed)).hits[0]).toMatchObject({ itemId: 'i7' });
      expect((await ask(vectors[7]!)).hits.map(({ itemId }) => itemId)).not.toContain('i7');
      const { plan, hits } = await searchOf(library)(fresh);
      expect(plan.legs[0]).toMatchObject({ method: 'vector_hnsw', settings: { recent: 'exact', recent_rows: '2' } });
      expect(new Set(hits.map(({ itemId }) => itemId)).size).toBe(10);
      await remove(library, ['i1500', 'i8']);
      expect((await ask(fresh)).hits.map(({ itemId }) => itemId)).not.toContain('i1500');
      expect(await examineIndex(database, library.vectors)).toMatchObject({ rows: 999, recentRows: 1 });
    });

    it('fills the page by itself where the index has next to nothing', async () => {
      const library = await built('begun', 3);
      await library.put(vectors.slice(3, 700), 3);
      const { hits, plan } = await searchOf(library)(vectors[600]!);
      expect(plan.legs[0]).toMatchObject({ method: 'vector_hnsw', settings: { recent: 'hnsw', recent_rows: '697' } });
      expect(plan.legs[0]!.settings).not.toHaveProperty('fell_back_from');
      expect(hits[0]!.itemId).toBe('i600');
      expect(hits).toHaveLength(10);
    });

    it('is found by a graph of its own where there is much of it, behind filters and page by page too', async () => {
      const library = await built('graph', 2_000);
      await library.put(vectors.slice(2_000), 2_000);
      const plans: string[] = [];
      const ask = searchOf(library, preferringIndexes(database, plans));
      let found = 0;
      for (const target of clustered(20, 64, 11)) {
        const { hits, plan } = await ask(target);
        expect(plan.legs[0]!.settings).toMatchObject({ recent: 'hnsw', recent_rows: '1200' });
        expect(plans.at(-1)!.match(/Index Scan using \S*embedding_idx/g)).toHaveLength(2);
        const exact = await ask(target, { efSearch: undefined, exact: true });
        const least = exact.hits.at(-1)!.score - 1e-6;
        found += hits.filter(({ score }) => score >= least).length;
      }
      expect(found / 200).toBeGreaterThanOrEqual(0.95);
      const seen: string[] = [];
      for (let pageToken = '', page = 0; page < 5; page++) {
        const { hits, nextPageToken } = await ask(vectors[2_500]!, { pageToken });
        seen.push(...hits.map(({ itemId }) => itemId));
        pageToken = nextPageToken;
      }
      expect(seen[0]).toBe('i2500');
      expect(new Set(seen).size).toBe(50);
      // Half of them pass, and the index gives what is near.
      const { tenant, collectionId } = library.collection;
      const prices = 'update kindred.items set price = right(item_id, 1)::int where collection_id = $1';
      await database.query({ tenant }, prices, [collectionId]);
      const filter = must(onField('price', { $case: 'range', value: { gte: 5 } }));
      const { hits, plan } = await ask(vectors[2_505]!, { filter });
      expect(hits[0]!.itemId).toBe('i2505');
      expect(hits).toHaveLength(10);
      expect(plan.legs[0]!.settings).toMatchObject({ recent: 'hnsw' });
      for (const { itemId } of hits) expect(Number(itemId.at(-1))).toBeGreaterThanOrEqual(5);
    });

    it('is searched as if it were in the index, whatever was written, moved and built in which order', {
      timeout: 120_000,
    }, async () => {
      const step = fc.oneof(
        fc.record({
          do: fc.constant('put'),
          at: fc.integer({ min: 0, max: 450 }),
          of: fc.integer({ min: 0, max: 3_000 }),
        }),
        fc.record({ do: fc.constant('delete'), at: fc.integer({ min: 0, max: 450 }), of: fc.constant(0) }),
        fc.record({ do: fc.constantFrom('fold', 'build'), at: fc.constant(0), of: fc.constant(0) }),
      );
      let run = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async (steps) => {
          const library = await built(`any ${run++}`, 300);
          const kept = new Map(vectors.slice(0, 300).map((vector, at) => [`i${at}`, vector]));
          for (const { do: what, at, of } of steps) {
            if (what === 'fold') await foldRecent(database, library.vectors, 0);
            else if (what === 'build') await keepIndex(database, library.vectors, settings, { force: true });
            else if (what === 'delete') {
              const ids = Array.from({ length: 20 }, (_, each) => `i${at + each}`);
              await remove(library, ids);
              for (const id of ids) kept.delete(id);
            } else {
              const written = vectors.slice(of, of + 20);
              await library.put(written, at);
              for (const [each, vector] of written.entries()) kept.set(`i${at + each}`, vector);
            }
          }
          const target = vectors[3_100]!;
          const score = (vector: Float32Array) => vector.reduce((sum, value, at) => sum + value * target[at]!, 0);
          const expected = [...kept.values()].map(score).sort((a, b) => b - a);
          const { hits, plan } = await searchOf(library)(target);
          expect(plan.legs[0]!.method).toBe('vector_hnsw');
          const length = Math.hypot(...target);
          for (const [at, hit] of hits.entries()) expect(hit.score).toBeCloseTo(expected[at]! / length, 2);
        }),
        { numRuns: 12, seed: 29 },
      );
    });

    it('is moved into the index once it has settled, while others write', async () => {
      const library = await built('moved', 500);
      await library.put(vectors.slice(500, 900), 500);
      expect(await foldRecent(database, library.vectors)).toBe(0);
      const writing = (async () => {
        for (let round = 0; round < 20; round++) await library.put(vectors.slice(900, 905), 900 + 5 * round);
      })();
      const moved = await foldRecent(database, library.vectors, 0);
      await writing;
      expect(moved).toBeGreaterThanOrEqual(400);
      const rest = await foldRecent(database, library.vectors, 0);
      expect(await examineIndex(database, library.vectors)).toMatchObject({ rows: 1_000, recentRows: 0 });
      expect(moved + rest).toBe(500);
      const { hits, plan } = await searchOf(library)(vectors[700]!);
      expect(plan.legs[0]!.settings).toMatchObject({ recent: 'exact', recent_rows: '0' });
      expect(hits[0]!.itemId).toBe('i700');
    });

    it('waits for the next build where more comes than could be moved', async () => {
      const library = await built('streaming', 100);
      const { tenant, collectionId } = library.collection;
      await library.put(vectors.slice(0, 3_150), 100);
      const aged = `update kindred.${library.model.table} set embedded_at = now() - interval '1 hour' where collection_id = $1`;
      await database.query({ tenant }, aged, [collectionId]);
      await library.put(vectors.slice(0, 3_050), 4_000);
      expect(await foldRecent(database, library.vectors)).toBe(0);
      const ids = (from: number, count: number) => Array.from({ length: count }, (_, at) => `i${from + at}`);
      await remove(library, ids(4_000, 3_000));
      const folding = foldRecent(database, library.vectors);
      await expect
        .poll(async () => (await examineIndex(database, library.vectors)).recentRows, { timeout: 20_000 })
        .toBeLessThan(3_200);
      await remove(library, ids(100, 3_150));
      expect(await folding).toBeGreaterThanOrEqual(50);
    });

    it('waits while an index is built, and nothing is moved twice', async () => {
      const library = await built('building', 300);
      await library.put(vectors.slice(300, 500), 300);
      const [counts] = await Promise.all([
        Promise.all([0, 1, 2].map(() => foldRecent(database, library.vectors, 0))),
        keepIndex(database, library.vectors, settings, { force: true }),
      ]);
      const rest = await foldRecent(database, library.vectors, 0);
      expect(counts.reduce((sum, one) => sum + one, rest)).toBeLessThanOrEqual(200);
      expect(await examineIndex(database, library.vectors)).toMatchObject({ rows: 500, recentRows: 0 });
    });

    it('is built in when there is much of it', { timeout: 120_000 }, async () => {
      const library = await built('many', 200);
      const { tenant, collectionId } = library.collection;
      const consider = () => promoteWhenLarge(database, tenant, collectionId, library.model, settings);
      for (let from = 200; from < 10_200; from += 2_000) {
        await library.put(
          Array.from({ length: 2_000 }, (_, at) => vectors[at]!),
          from,
        );
      }
      expect(await examineIndex(database, library.vectors)).toMatchObject({ rows: 10_200, recentRows: 10_000 });
      expect(await consider()).toBe('recent');
      expect(await examineIndex(database, library.vectors)).toMatchObject({ rows: 10_200, recentRows: 0 });
    });

    it('needs an index that leaves it out: one of an earlier release serves until it is built anew', async () => {
      const library = await Library.open(database, 'upgraded', 64, settings);
      await library.put(vectors.slice(0, 500));
      const before = {
        method: 'hnsw',
        element: 'halfvec',
        distance: 'inner_product',
        m: 8,
        efConstruction: 64,
      } as const;
      const seen = await separate(database, library.vectors);
      await buildIndex(database, library.vectors, { ...before, recent: false }, seen!);
      await library.put(vectors.slice(500, 510), 500);
      const { hits, plan } = await searchOf(library)(vectors[505]!);
      expect(hits[0]!.itemId).toBe('i505');
      expect(plan.legs[0]).toMatchObject({ method: 'vector_hnsw' });
      expect(plan.legs[0]!.settings).not.toHaveProperty('recent');
      expect(await keepIndex(database, library.vectors, settings)).toBe('settings');
      expect((await searchOf(library)(vectors[505]!)).plan.legs[0]!.settings).toMatchObject({ recent_rows: '0' });
    });
  },
);
