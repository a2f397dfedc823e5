import type { Database } from '@kindred/database';
import { beforeAll, describe, expect, it } from 'vitest';
import { testDatabases } from '../../../test/support/databases.ts';
import { CollectionDirectory } from './collection-directory.ts';
import { collectionStatus } from './collection-status.store.ts';
import { deleteDocuments } from './document.store.ts';
import { deleteVectors } from './models/vector.store.ts';
import { promote, promoteWhenLarge } from './promotion.ts';
import { Search } from './search/search.ts';
import type { SearchRequest } from './search/search-request.ts';
import { FakeEmbedder, must, onField, Shop, type ShopItem, withoutTextSearch } from './shop.fake.spec.ts';

const nouns = 'mouse keyboard laptop printer cable monitor speaker camera phone charger 무선마우스 키보드'.split(' ');
const adjectives = 'black white fast quiet small large wireless cheap bright 작은'.split(' ');

/** Deterministic titles and bodies of many lengths; some words are rare. */
function items(from: number, to: number): ShopItem[] {
  return Array.from({ length: to - from }, (_, step) => {
    const at = from + step;
    const words = Array.from({ length: (at * 7) % 90 }, (_unused, word) => nouns[(at + word * word) % nouns.length]);
    return {
      itemId: `i${at}`,
      title: `${adjectives[at % 10]} ${nouns[(at * 3) % 12]} model ${at}`,
      body: words.join(' '),
      price: at % 1000,
    };
  });
}

const queries = [
  'black mouse',
  'wireless keyboard for laptop',
  '무선 마우스',
  'cheap',
  'model 77 printer',
  'nothingness',
];

describe.each(testDatabases())('promotion on $name', ({ open }) => {
  let database: Database;
  beforeAll(async () => {
    database = await open();
  });

  const searchOf = (tenant: string) => {
    const search = new Search(database, new CollectionDirectory(database), new FakeEmbedder());
    return (request: Omit<SearchRequest, 'tenant' | 'collection'>) =>
      search.query({ tenant, collection: 'shop', ...request });
  };

  it('gives the same scores by the BM25 index as by exact scoring', async (context) => {
    if (database.features.textSearch === null) return context.skip('the server has no pg_textsearch');
    const shop = await Shop.open(database, 'scores');
    await shop.put(items(0, 1500));
    await promote(database, 'scores', shop.collection.collectionId, 'documents');
    await shop.put(items(1500, 1600)); // these are in the index's memory table
    const run = async (on: Database) => {
      const search = new Search(on, new CollectionDirectory(on));
      const answers = [];
      for (const text of queries) {
        const by = { kind: 'text', text } as const;
        answers.push(await search.query({ tenant: 'scores', collection: 'shop', by, mode: 'lexical', limit: 1000 }));
      }
      return answers;
    };
    const exact = await run(withoutTextSearch(database));
    const indexed = await run(database);
    expect(exact[0]!.plan.legs[0]!.method).toBe('bm25_exact');
    expect(indexed[0]!.plan.legs[0]!.method).toBe('bm25_index');
    for (const [at, { hits }] of exact.entries()) {
      const scores = new Map(indexed[at]!.hits.map((hit) => [hit.itemId, hit.score]));
      expect(scores.size).toBe(hits.length);
      for (const hit of hits.slice(0, 900)) expect(scores.get(hit.itemId)! / hit.score).toBeCloseTo(1, 5);
    }
  });

  it('gives every hit its own score where the scan passes hidden items, in pages, hybrid and with variants', async (context) => {
    if (database.features.textSearch === null) return context.skip('the server has no pg_textsearch');
    const shop = await Shop.open(database, 'own-scores');
    await shop.put(items(0, 1500));
    await promote(database, 'own-scores', shop.collection.collectionId, 'documents');
    const scope = { tenant: 'own-scores' };
    await database.query(scope, `update kindred.items set hidden = true where right(item_id, 1) in ('0', '3', '7')`);
    await database.query(
      scope,
      `update kindred.collections set search_settings = '{"synonyms": [{"words": ["laptop", "printer"]}]}' where name = 'shop'`,
    );
    const exact = new Search(withoutTextSearch(database), new CollectionDirectory(database), new FakeEmbedder());
    const ask = searchOf('own-scores');
    for (const text of ['black mouse', 'wireless keyboard for laptop', '무선 마우스']) {
      const by = { kind: 'text', text } as const;
      const all = await exact.query({ ...scope, collection: 'shop', by, mode: 'lexical', limit: 1000 });
      const scores = new Map(all.hits.map(({ itemId, score }) => [itemId, score]));
      let pageToken = '';
      const seen: string[] = [];
      for (const depth of ['120', '400', '400']) {
        const lexical = await ask({ by, mode: 'lexical', limit: 60, pageToken });
        const hybrid = await ask({ by, limit: 60 });
        expect(lexical.plan.legs[0]).toMatchObject({ method: 'bm25_index', settings: { depth } });
        for (const { itemId, scores: own } of [...lexical.hits, ...hybrid.hits]) {
          if (own.lexical !== undefined) expect(own.lexical / scores.get(itemId)!).toBeCloseTo(1, 5);
        }
        seen.push(...lexical.hits.map(({ itemId }) => itemId));
        pageToken = lexical.nextPageToken;
      }
      expect(new Set(seen).size).toBe(180);
    }
  });

  it('fills the page behind a filter that only bad matches pass, by the BM25 index too', async () => {
    const shop = await Shop.open(database, 'tail');
    await shop.put(items(0, 1500));
    await promote(database, 'tail', shop.collection.collectionId, 'documents');
    const ask = searchOf('tail');
    const filter = must(onField('price', { $case: 'in', value: { values: [111, 222, 333] } }));
    const { hits, plan } = await ask({ by: { kind: 'text', text: 'model' }, mode: 'lexical', filter, limit: 10 });
    expect(hits.map((hit) => hit.itemId).sort()).toEqual(['i111', 'i1111', 'i1222', 'i1333', 'i222', 'i333']);
    expect(plan.complete).toBe(true);
  });

  it('loses nothing that is written and hides nothing that is read meanwhile', { timeout: 120_000 }, async () => {
    const shop = await Shop.open(database, 'busy', [], { kind: 'hnsw', m: 8, efConstruction: 32 });
    await shop.put(items(0, 1200));
    const { collectionId } = shop.collection;
    const ask = searchOf('busy');
    let done = false;
    const write = async () => {
      const deleted: string[] = [];
      for (let round = 0; !done || round < 5; round++) {
        await shop.put(items(1200 + round * 10, 1210 + round * 10));
        await shop.put([{ itemId: `i${round}`, title: `rewritten ${round}` }]);
        const gone = `i${600 + round}`;
        deleted.push(gone);
        await database.transaction({ tenant: 'busy' }, async (sql) => {
          await sql.query(`update kindred.items set deleted = true where item_id = $1`, [gone]);
          await deleteDocuments(sql, collectionId, [gone]);
          await deleteVectors(sql, shop.model, collectionId, [gone]);
        });
        if (round > 50) await new Promise((resolve) => setTimeout(resolve, 20));
      }
      return { written: 1200 + Math.max(5, deleted.length) * 10, deleted };
    };
    const read = async () => {
      let reads = 0;
      for (; !done; reads++) {
        const { hits } = await ask({ by: { kind: 'text', text: 'model' }, limit: 200 });
        expect(hits).toHaveLength(200);
      }
      return reads;
    };
    const [outcome, reads] = await Promise.all([
      write(),
      read(),
      (async () => {
        await promote(database, 'busy', collectionId, 'documents');
        await promote(database, 'busy', collectionId, shop.model, shop.collection.index);
        done = true;
      })(),
    ]);
    expect(reads).toBeGreaterThan(0);
    const status = await collectionStatus(database, shop.collection);
    const live = BigInt(outcome.written - outcome.deleted.length);
    expect(status).toMatchObject({ items: live, vectors: live, missing: 0n, stale: 0n, orphaned: 0n });
    expect(status.lexicalMethod).toBe(database.features.textSearch === null ? 'bm25_exact' : 'bm25_index');
    expect(status.vectorMethod).toBe(database.driver === 'pglite' ? 'vector_exact' : 'vector_hnsw');
    const [documents] = await database.query<{ n: number }>(
      { tenant: 'busy' },
      `select count(*)::int as n from kindred.documents where collection_id = $1`,
      [collectionId],
    );
    expect(BigInt(documents!.n)).toBe(live);
    expect((await ask({ by: { kind: 'text', text: 'rewritten 3' }, mode: 'lexical' })).hits[0]!.itemId).toBe('i3');
    expect(await promote(database, 'busy', collectionId, shop.model, shop.collection.index)).toBe(false);
  });

  it('falls back to every vector when the approximate index ends early, and says so', async (context) => {
    if (database.driver === 'pglite') return context.skip('PGlite builds no HNSW');
    const shop = await Shop.open(database, 'narrow', [], { kind: 'hnsw' });
    await shop.put(items(0, 1500));
    await promote(database, 'narrow', shop.collection.collectionId, shop.model, shop.collection.index);
    const ask = searchOf('narrow');
    const by = { kind: 'text', text: 'black mouse' } as const;
    const wide = await ask({ by, mode: 'dense', efSearch: 200 });
    expect(wide.plan.legs[0]).toMatchObject({ method: 'vector_hnsw', complete: true });
    const filter = must(onField('price', { $case: 'equals', value: 999 }));
    const narrow = await ask({ by, mode: 'dense', efSearch: 200, filter });
    expect(narrow.hits.map((hit) => hit.itemId)).toEqual(['i999']);
    expect(narrow.plan.legs[0]!.method).toBe('vector_exact');
    expect(narrow.plan.notes[0]).toContain('every vector was looked at');
    const exact = await ask({ by, mode: 'dense', exact: true, limit: 100 });
    const near = await ask({ by, mode: 'dense', efSearch: 400, limit: 100 });
    const found = new Set(near.hits.map((hit) => hit.itemId));
    expect(exact.hits.filter((hit) => found.has(hit.itemId)).length).toBeGreaterThan(90);
  });

  it('finds documents by the stock index where the server lacks pg_textsearch', async () => {
    const stock = withoutTextSearch(database);
    const shop = await Shop.open(stock, 'stock');
    await shop.put(items(0, 500));
    const search = () => new Search(stock, new CollectionDirectory(stock));
    const ask = () =>
      search().query({ tenant: 'stock', collection: 'shop', by: { kind: 'text', text: 'black mouse' } });
    const before = await ask();
    expect(await promote(stock, 'stock', shop.collection.collectionId, 'documents')).toBe(true);
    const after = await ask();
    expect(after.hits).toEqual(before.hits);
    expect(after.plan.legs[0]!.method).toBe('bm25_exact');
  });

  it('promotes what has grown large, once, and nothing else', async () => {
    const shop = await Shop.open(database, 'growing');
    await shop.put(items(0, 300));
    const { collectionId } = shop.collection;
    expect(await promoteWhenLarge(database, 'growing', collectionId, 'documents')).toBe(false);
    expect(await promoteWhenLarge(database, 'growing', collectionId, shop.model, { kind: 'exact' })).toBe(false);
    const look = () => promoteWhenLarge(database, 'growing', collectionId, shop.model, { kind: 'hnsw' });
    expect(await look()).toBe(database.driver === 'pglite' ? false : 'large');
    expect(await look()).toBe(false); // looked a moment ago
  });

  it('refuses the collections of others', async () => {
    const shop = await Shop.open(database, 'owner');
    const theft = promote(database, 'thief', shop.collection.collectionId, 'documents');
    await expect(theft).rejects.toThrow('not a collection of this tenant');
  });
});
