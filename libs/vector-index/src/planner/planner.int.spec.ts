import type { Database } from '@kindred/database';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasPostgres, testDatabases } from '../../../../test/support/databases.ts';
import { CollectionDirectory } from '../collection-directory.ts';
import { readIndexRecall } from '../indexes/index-recall.store.ts';
import { examineIndex, keepMeasured } from '../indexes/keep-index.ts';
import { breadthFor } from '../indexes/recall-curve.ts';
import { promote } from '../promotion.ts';
import { readLayout } from '../search/layout.store.ts';
import { Search } from '../search/search.ts';
import type { SearchRequest } from '../search/search-request.ts';
import { attribute, FakeEmbedder, fakeVector, must, onField, Shop, type ShopItem } from '../shop.fake.spec.ts';

const count = 12_000;
const words = ['mouse', 'keyboard', 'laptop', 'printer', '마우스', '키보드', 'cable', 'screen', 'lamp', '의자'];

/** Every share that a caller may ask for, of items all over the collection. */
function items(): ShopItem[] {
  return Array.from({ length: count }, (_, at) => ({
    itemId: `item-${String(at).padStart(5, '0')}`,
    title: `${words[at % 10]} ${words[Math.floor(at / 10) % 10]} ${words[Math.floor(at / 100) % 10]} ${at % 997}`,
    price: at,
    hidden: at === 600,
    categories: at % 2 === 0 ? ['even'] : ['odd'],
    attributes: {
      half: at % 2 === 0,
      tenth: at % 10 === 3,
      hundredth: at % 100 === 7,
      thousandth: at % 1_000 === 11,
      one: at === 5_000 ? 'yes' : 'no',
      tags: at % 400 === 0 ? ['rare', '드문'] : ['usual'],
      size: at % 300 === 0 ? 4.5 : 1,
    },
  }));
}

const postgres = hasPostgres() ? testDatabases().filter(({ name }) => name === 'postgres') : [];

// PGlite has no approximate index to choose.
describe.each(postgres)('the planner on $name', ({ open }) => {
  let database: Database;
  let shop: Shop;
  let search: Search;
  let directory: CollectionDirectory;
  const query = [...fakeVector('keyboard 마우스 laptop 12')];
  const ask = (request: Partial<SearchRequest>) =>
    search.query({
      tenant: 'planner',
      collection: 'shop',
      by: { kind: 'vector', values: query, model: '' },
      ...request,
    });
  const equals = (field: string, value: unknown) => must(onField(field, { $case: 'equals', value }));
  const vectors = () => ({ tenant: 'planner', collectionId: shop.collection.collectionId, model: shop.model });
  const measured = () =>
    database.transaction({ tenant: 'planner', readOnly: true }, (sql) =>
      readIndexRecall(sql, shop.collection.collectionId, shop.model.table),
    );
  const candidates = async (request: Partial<SearchRequest>) => (await ask(request)).plan.legs[0]!.settings.candidates;

  beforeAll(async () => {
    database = await open();
    shop = await Shop.open(database, 'planner', [
      ...['half', 'tenth', 'hundredth', 'thousandth'].map((name) => attribute(name, 'boolean')),
      attribute('one', 'keyword'),
      attribute('tags', 'keyword', { array: true }),
      attribute('size', 'number'),
    ]);
    await shop.put(items());
    await promote(database, 'planner', shop.collection.collectionId, 'documents');
    await promote(database, 'planner', shop.collection.collectionId, shop.model);
    directory = new CollectionDirectory(database);
    search = new Search(database, directory, new FakeEmbedder());
  }, 120_000);
  afterAll(() => directory.close());

  it.each([
    ['half', 'vector_hnsw', undefined],
    ['tenth', 'vector_hnsw', undefined],
    ['hundredth', 'vector_exact', 'filter_index'],
    ['thousandth', 'vector_exact', 'filter_index'],
  ])('fills the page behind a filter that some pass, by the way that suits: %s', async (field, method, from) => {
    const filter = equals(field, true);
    const { hits, plan } = await ask({ filter });
    const exact = await ask({ filter, exact: true });
    expect(hits).toHaveLength(10);
    const found = new Set(hits.map(({ itemId }) => itemId));
    expect(exact.hits.filter(({ itemId }) => found.has(itemId)).length).toBeGreaterThanOrEqual(9);
    expect(plan.legs[0]!.method).toBe(method);
    expect(plan.legs[0]!.settings.candidates).toBe(from);
    expect(plan.legs[0]!.reason).toContain(`of ${count} items pass`);
    const share = { half: 0.5, tenth: 0.1, hundredth: 0.01, thousandth: 0.001 }[field]!;
    expect(plan.selectivity! / share).toBeGreaterThan(0.5);
    expect(plan.selectivity! / share).toBeLessThan(2);
    expect(plan.complete).toBe(true);
  });

  it('moves the query towards what passes where that lies one way', async () => {
    const titled = await ask({ filter: equals('tenth', true) });
    expect(titled.plan.legs[0]!.settings.moved).toBe('towards the filter');
    expect(titled.hits.map(({ score }) => score)).toEqual(
      titled.hits.map(({ score }) => score).toSorted((a, b) => b - a),
    );
    const unfiltered = await ask({});
    expect(unfiltered.plan.legs[0]!.settings).not.toHaveProperty('moved');
  });

  it('counts what was compared: all by a scan, those found by their filter, and says nothing of an index', async () => {
    const examined = async (request: Partial<SearchRequest>) => {
      const { legs } = (await ask(request)).plan;
      return legs.map(({ method, examined: rows }) => [method, rows]);
    };
    expect(await examined({})).toEqual([['vector_hnsw', 0n]]);
    expect(await examined({ exact: true })).toEqual([['vector_exact', BigInt(count)]]);
    expect(await examined({ filter: equals('thousandth', true) })).toEqual([['vector_exact', 12n]]);
    const words = { by: { kind: 'text' as const, text: 'keyboard' }, mode: 'lexical' as const };
    expect(await examined(words)).toEqual([[expect.stringMatching(/^bm25/), 0n]]);
  });

  it('finds the one item that passes, and nothing where nothing does', async () => {
    const { hits, plan } = await ask({ filter: equals('one', 'yes') });
    expect(hits.map(({ itemId }) => itemId)).toEqual(['item-05000']);
    expect(plan.recallEstimate).toBe(1);
    const none = await ask({ filter: equals('one', 'never') });
    expect(none.hits).toEqual([]);
    expect(none.plan).toMatchObject({ complete: true, selectivity: 0 });
  });

  it('finds items by lists, numbers, categories, prices and times of arrival', async () => {
    const inList = must(onField('tags', { $case: 'in', value: { values: ['드문', 'nothing'] } }));
    expect((await ask({ filter: inList, limit: 100 })).hits).toHaveLength(30);
    expect(await candidates({ filter: inList })).toBe('filter_index');
    expect((await ask({ filter: equals('size', 4.5), limit: 100 })).hits).toHaveLength(39);
    expect(await candidates({ filter: equals('size', 4.5) })).toBe('filter_index');
    const cheap = must(onField('price', { $case: 'range', value: { lt: 20 } }));
    expect((await ask({ filter: cheap, limit: 100 })).hits).toHaveLength(20);
    expect(await candidates({ filter: cheap })).toBe('filter');
    await database.query(
      { tenant: 'planner' },
      `update kindred.items set created_at = '2001-01-01' where price between 100 and 111`,
    );
    const old = must(onField('created_at', { $case: 'range', value: { lt: '2002-01-01' } }));
    expect((await ask({ filter: old, limit: 100 })).hits).toHaveLength(12);
    expect(await candidates({ filter: old })).toBe('filter');
    const both = must(...inList.must, onField('categories', { $case: 'equals', value: 'odd' }));
    expect((await ask({ filter: both })).hits).toEqual([]);
  });

  it('sees at commit what was hidden, deleted or no longer passes', async () => {
    const filter = equals('thousandth', true);
    const ids = async () => (await ask({ filter, limit: 20 })).hits.map(({ itemId }) => itemId).sort();
    const before = await ids();
    expect(before).toHaveLength(12);
    const set = (change: string, id: string) =>
      database.query({ tenant: 'planner' }, `update kindred.items set ${change} where item_id = $1`, [id]);
    await set('hidden = true', before[0]!);
    await set('deleted = true', before[1]!);
    await set(`attributes = attributes || '{"thousandth": false}'`, before[2]!);
    await set(`attributes = attributes || '{"thousandth": true}'`, 'item-00001');
    expect(await ids()).toEqual(['item-00001', ...before.slice(3)]);
    for (const id of [...before.slice(0, 3), 'item-00001']) {
      const passes = id !== 'item-00001';
      await set(`hidden = false, deleted = false, attributes = attributes || '{"thousandth": ${passes}}'`, id);
    }
  });

  it('looks further when far more pass than the sample said', async () => {
    const filter = equals('one', 'no longer');
    expect((await ask({ filter })).hits).toEqual([]);
    await database.query(
      { tenant: 'planner' },
      `update kindred.items set attributes = attributes || '{"one": "no longer"}' where price < 6000`,
    );
    const { hits, plan } = await ask({ filter });
    const exact = await ask({ filter, exact: true });
    expect(hits).toHaveLength(10);
    expect(plan.steps.length).toBeGreaterThan(2);
    const found = new Set(hits.map(({ itemId }) => itemId));
    expect(exact.hits.filter(({ itemId }) => found.has(itemId)).length).toBeGreaterThanOrEqual(8);
  });

  it('knows from the first query on how broad a search of its index has to be', async () => {
    const asked = async (recallTarget: number) => (await ask({ recallTarget })).plan;
    const [less, more] = [await asked(0.9), await asked(0.99)];
    expect(less.legs[0]!.settings.breadth_from).toBe('index');
    const recall = (await measured())!;
    expect(recall).toMatchObject({ rows: count, probes: 100 });
    expect(less.recallEstimate).toBeGreaterThanOrEqual(0.9);
    expect(more.recallEstimate).toBeGreaterThanOrEqual(0.99);
    const breadths = [less, more].map(({ legs }) => Number(legs[0]!.settings['hnsw.ef_search']));
    expect(breadths[0]).toBe(Math.max(17, breadthFor(recall, 0.9)));
    expect(breadths[1]).toBeGreaterThanOrEqual(breadths[0]!);
  });

  it('measures an index that was never measured, or has grown by half since, and no other', async () => {
    const look = () => keepMeasured(database, vectors(), state);
    const { measuredAt } = (await measured())!;
    const state = await examineIndex(database, vectors());
    await look();
    expect((await measured())!.measuredAt).toEqual(measuredAt);
    await database.query({ tenant: 'planner' }, 'update kindred.index_recall set rows = 7_000');
    await look();
    expect((await measured())!.measuredAt.getTime()).toBeGreaterThan(measuredAt.getTime());
    await database.query({ tenant: 'planner' }, 'delete from kindred.index_recall');
    expect((await readLayout(database, shop.collection)).models[0]!.index!.recall).toBeUndefined();
    await look();
    expect(await measured()).toMatchObject({ rows: count });
  });

  it('scans where recall 1 is wanted, and widens the search for a higher one', async () => {
    const { plan } = await ask({ recallTarget: 1 });
    expect(plan.legs[0]!.method).toBe('vector_exact');
    const breadth = async (recallTarget: number) =>
      Number((await ask({ recallTarget })).plan.legs[0]!.settings['hnsw.ef_search']);
    expect(await breadth(0.9999)).toBeGreaterThan(await breadth(0.9));
  });

  it.each(['l2', 'l1', 'hamming', 'jaccard'] as const)('orders by another distance: %s', async (distance) => {
    const { hits, plan } = await ask({ distance, limit: 20 });
    expect(hits).toHaveLength(20);
    expect(plan.legs[0]!.method).toBe(distance === 'l2' ? 'vector_hnsw' : 'vector_exact');
    const scores = hits.map(({ score }) => score);
    expect(scores).toEqual(scores.toSorted((a, b) => b - a));
  });

  it('goes on behind the last hit, page after page, also where the index leaves off', async () => {
    const seen: string[] = [];
    const scores: number[] = [];
    let pageToken = '';
    for (let page = 0; page < 12; page++) {
      const { hits, nextPageToken } = await ask({ limit: 50, pageToken });
      seen.push(...hits.map(({ itemId }) => itemId));
      scores.push(...hits.map(({ score }) => score));
      pageToken = nextPageToken;
    }
    expect(new Set(seen).size).toBe(600);
    expect(scores).toEqual(scores.toSorted((a, b) => b - a));
    expect(seen).not.toContain('item-00600');
  });

  it('finds the items first for words too, in both legs', async () => {
    const filter = equals('hundredth', true);
    const { hits, plan } = await ask({ by: { kind: 'text', text: 'keyboard 마우스' }, filter, limit: 20 });
    expect(hits).toHaveLength(20);
    expect(plan.legs.map(({ method }) => method)).toEqual([expect.stringContaining('bm25'), 'vector_exact']);
    const plain = await ask({ by: { kind: 'text', text: 'keyboard 마우스' }, filter, limit: 20, exact: true });
    expect(hits.map(({ itemId }) => itemId)).toEqual(plain.hits.map(({ itemId }) => itemId));
  });

  it('gives a thousand different filters one plan each, and keeps no more than a sample', async () => {
    for (let at = 0; at < 1_000; at += 25) {
      const filter = must(onField('price', { $case: 'range', value: { gte: at * 12, lt: at * 12 + 25 } }));
      expect((await ask({ filter, limit: 30 })).hits).toHaveLength(at === 50 ? 24 : 25);
    }
  });
});
