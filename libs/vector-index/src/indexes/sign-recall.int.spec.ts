import type { Database } from '@kindred/database';
import { nearestRecall } from '@kindred/ranking';
import { beforeAll, describe, expect, it } from 'vitest';
import { hasPostgres, testDatabases } from '../../../../test/support/databases.ts';
import type { IndexSettings } from '../collection.store.ts';
import { CollectionDirectory } from '../collection-directory.ts';
import { Search } from '../search/search.ts';
import type { SearchRequest } from '../search/search-request.ts';
import { keepIndex } from './keep-index.ts';
import { clustered, Library } from './library.fake.spec.ts';

const rows = 10_000;
const settings: IndexSettings = { kind: 'hnsw', element: 'bit', m: 8, efConstruction: 32 };

describe.skipIf(!hasPostgres()).each(testDatabases().filter(({ name }) => name === 'postgres'))(
  'an index of signs',
  ({ open }) => {
    let database: Database;
    let search: Search;
    const [vectors, queries] = [clustered(rows + 30, 256, 4).slice(0, rows), clustered(rows + 30, 256, 4).slice(rows)];
    beforeAll(async () => {
      database = await open();
      const library = await Library.open(database, 'signs', 256, settings);
      for (let from = 0; from < rows; from += 2_500) await library.put(vectors.slice(from, from + 2_500), from);
      await keepIndex(database, library.vectors, settings);
      search = new Search(database, new CollectionDirectory(database));
    }, 120_000);

    const ask = (vector: Float32Array, more: Partial<SearchRequest> = {}) => {
      const by = { kind: 'vector', values: [...vector], model: '' } as const;
      return search.query({ tenant: 'signs', collection: 'library', by, limit: 10, ...more });
    };
    /** Mean recall@10 of the queries, what the plans expected, and the breadth of the last one. */
    async function found(more: Partial<SearchRequest>) {
      const each = await Promise.all(
        queries.map(async (query) => {
          const [{ hits, plan }, exact] = [await ask(query, more), await ask(query, { exact: true })];
          const distances = [hits, exact.hits].map((list) => list.map(({ score }) => -score)) as [number[], number[]];
          return { recall: nearestRecall(10, ...distances), plan };
        }),
      );
      const { plan } = each.at(-1)!;
      const recall = each.reduce((sum, one) => sum + one.recall, 0) / each.length;
      return { recall, expected: plan.recallEstimate, settings: plan.legs[0]!.settings };
    }

    it('compares as many in full as the recall takes, by what probes of it found', async () => {
      const [less, more] = [await found({ recallTarget: 0.8 }), await found({ recallTarget: 0.97 })];
      expect(less.settings.breadth_from).toBe('index');
      expect(Number(more.settings['hnsw.ef_search'])).toBeGreaterThan(Number(less.settings['hnsw.ef_search']));
      expect(more.recall).toBeGreaterThan(less.recall);
      expect(more.expected).toBeGreaterThanOrEqual(0.97);
      expect(more.recall).toBeGreaterThanOrEqual(0.95);
    });

    it('finds more the broader a search is, and says what it expects of it', async () => {
      const [narrow, broad] = [await found({ efSearch: 11 }), await found({ efSearch: 400 })];
      expect(narrow.expected!).toBeLessThan(broad.expected! - 0.1);
      expect(narrow.recall).toBeLessThan(broad.recall - 0.1);
    });

    it('is expected to find nothing in particular by a distance that it was not measured by', async () => {
      const { plan } = await ask(queries[0]!, { distance: 'hamming' });
      expect(plan.legs[0]!.method).toBe('vector_hnsw_bit');
      expect(plan.recallEstimate).toBeUndefined();
    });
  },
);
