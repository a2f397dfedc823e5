import type { Database } from '@kindred/database';
import { rrfFuse, shareFuse } from '@kindred/ranking';
import {
  CollectionDirectory,
  ensureModel,
  type Fusion,
  Search,
  type SearchMode,
  upsertDocuments,
  upsertVectors,
} from '@kindred/vector-index';
import { beforeAll, describe, expect, it } from 'vitest';
import { testDatabases } from '../../../test/support/databases.ts';

const identity = { name: 'm', version: '1', provider: 'fake', dimensions: 2, dtype: 'float32', artifactHash: 'a' };
const words = ['red', 'blue', '무선', 'mouse', 'hub', 'cable', 'usb'];
const tenant = 'fusing';
const angle = (at: number) => Float32Array.of(Math.cos(at / 50), Math.sin(at / 50));

/** Texts of one to nine words, many of them alike. */
const items = Array.from({ length: 300 }, (_, at) => ({
  itemId: `i${at}`,
  text: Array.from({ length: 1 + (at % 9) }, (_unused, word) => words[(at * (word + 1)) % 7]).join(' '),
}));

describe.each(testDatabases())('fusion in SQL on $name', ({ open }) => {
  let database: Database;
  let search: Search;

  beforeAll(async () => {
    database = await open();
    await database.query(
      { tenant },
      `insert into kindred.collections (tenant_id, name) values (kindred.tenant(), 'shop')`,
    );
    const directory = new CollectionDirectory(database);
    const { collectionId } = await directory.get(tenant, 'shop');
    const model = await ensureModel(database, tenant, identity);
    await database.transaction({ tenant }, async (sql) => {
      await sql.query(
        `insert into kindred.items (tenant_id, collection_id, item_id, revision)
         select kindred.tenant(), $1, 'i' || n, 1 from generate_series(0, 299) n`,
        [collectionId],
      );
      await upsertDocuments(sql, collectionId, items);
      const rows = items.map(({ itemId }, at) => ({
        itemId,
        revision: 1n,
        contentHash: Buffer.of(1),
        vector: angle(at),
      }));
      await upsertVectors(database, sql, model, collectionId, rows);
    });
    search = new Search(database, directory, { embed: async () => ({ model: identity, vector: angle(40) }) });
  });

  const ask = (mode: SearchMode, limit: number, fusion?: Fusion) =>
    search.query({ tenant, collection: 'shop', by: { kind: 'text', text: '무선 mouse hub' }, mode, limit, fusion });
  const firstHundred = async (mode: SearchMode) => {
    const { hits } = await ask(mode, 100);
    return new Map(hits.map((hit) => [hit.itemId, hit.score]));
  };

  it.each([0, 0.2, 0.3, 0.5, 1])(
    'gives the order and scores of shareFuse at a dense weight of %d',
    async (denseWeight) => {
      // Shares begin at the last hit of a full leg.
      const floored = (scores: Map<string, number>) =>
        scores.size < 100 ? { scores } : { scores, floor: Math.max(0, Math.min(...scores.values())) };
      const legs = [
        { weight: 1 - denseWeight, ...floored(await firstHundred('lexical')) },
        { weight: denseWeight, ...floored(await firstHundred('dense')) },
      ];
      expectSame(await ask('hybrid', 50, { method: 'normalized', denseWeight }), shareFuse(legs));
    },
  );

  it.each([1, 60, 1000])('gives the order and scores of rrfFuse at k = %d', async (k) => {
    const legs = [
      { weight: 1, scores: await firstHundred('lexical') },
      { weight: 1, scores: await firstHundred('dense') },
    ];
    expectSame(await ask('hybrid', 50, { method: 'rrf', k }), rrfFuse(legs, k));
  });
});

function expectSame(answer: Awaited<ReturnType<Search['query']>>, fused: Map<string, number>): void {
  const expected = [...fused].slice(0, 50);
  expect(answer.hits.map((hit) => hit.itemId)).toEqual(expected.map(([id]) => id));
  for (const [at, hit] of answer.hits.entries()) expect(hit.score).toBeCloseTo(expected[at]![1], 12);
}
