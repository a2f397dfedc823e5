import type { Database } from '@kindred/database';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasPostgres, testDatabases } from '../../../../test/support/databases.ts';
import type { IndexSettings } from '../collection.store.ts';
import { CollectionDirectory } from '../collection-directory.ts';
import { noteAskedFields } from '../indexes/asked-fields.store.ts';
import { dueIn, examineIndex, keepIndex } from '../indexes/keep-index.ts';
import { promote } from '../promotion.ts';
import { Search } from '../search/search.ts';
import type { SearchRequest } from '../search/search-request.ts';
import { attribute, FakeEmbedder, fakeVector, must, onField, Shop, type ShopItem } from '../shop.fake.spec.ts';

const tenant = 'segmented';
const count = 11_000;
const words = ['mouse', 'keyboard', 'laptop', 'printer', '마우스', '키보드', 'cable', 'screen', 'lamp', '의자'];
const index: IndexSettings = { kind: 'auto', segments: ['brand', 'categories'] };

const item = (at: number, brand: string): ShopItem => ({
  itemId: `item-${String(at).padStart(5, '0')}`,
  title: `${words[at % 10]} ${words[Math.floor(at / 10) % 10]} ${words[Math.floor(at / 100) % 10]} ${at % 997}`,
  price: at,
  categories: at % 3 === 0 ? [at % 6 === 0 ? 'tools/손' : 'tools', 'new'] : ['toys'],
  attributes: { brand },
});

/** A tenth acme, a hundredth rare. */
const brandOf = (at: number) => (at % 10 === 3 ? 'acme' : at % 100 === 7 ? 'rare' : `other ${at % 50}`);

// PGlite has no approximate index to choose.
describe.skipIf(!hasPostgres()).each(testDatabases().filter(({ name }) => name === 'postgres'))(
  'a search behind a segment',
  ({ open }) => {
    let database: Database;
    let shop: Shop;
    let search: Search;
    let directory: CollectionDirectory;
    const queries = ['keyboard 마우스 laptop 12', 'lamp', '의자 cable', 'printer 33 screen'].map((text) =>
      fakeVector(text),
    );
    const request = (more: Partial<SearchRequest>, at = 0): SearchRequest => ({
      tenant,
      collection: 'shop',
      by: { kind: 'vector', values: [...queries[at]!], model: '' },
      ...more,
    });
    const ask = (more: Partial<SearchRequest>, at = 0) => search.query(request(more, at));
    const equals = (field: string, value: unknown) => onField(field, { $case: 'equals', value });
    const acme = must(equals('brand', 'acme'));
    const segmentOf = async (more: Partial<SearchRequest>) => (await ask(more)).plan.legs.at(-1)!.settings.segment;
    const names = async () => {
      const state = await examineIndex(database, vectors());
      return state.index!.segments!.map(({ value }) => value).sort();
    };
    const due = async (settings: IndexSettings) =>
      dueIn(database, vectors(), settings, await examineIndex(database, vectors()))?.reason;
    const declare = async (settings: IndexSettings) => {
      const sql = 'update kindred.collections set index_settings = $1::jsonb where collection_id = $2';
      await database.query({ tenant }, sql, [JSON.stringify(settings), shop.collection.collectionId]);
      directory.invalidate(tenant, 'shop');
    };
    const vectors = () => ({ tenant, collectionId: shop.collection.collectionId, model: shop.model });

    beforeAll(async () => {
      database = await open();
      shop = await Shop.open(database, tenant, [attribute('brand', 'keyword')], index);
      await shop.put(Array.from({ length: count }, (_, at) => item(at, brandOf(at))));
      await promote(database, tenant, shop.collection.collectionId, 'documents');
      await promote(database, tenant, shop.collection.collectionId, shop.model, index);
      directory = new CollectionDirectory(database);
      search = new Search(database, directory, new FakeEmbedder());
    }, 240_000);
    afterAll(() => directory.close());

    it('goes by the graph of what passes, and finds what an exact one finds', async () => {
      let found = 0;
      for (const at of queries.keys()) {
        const { hits, plan } = await ask({ filter: acme }, at);
        expect(hits).toHaveLength(10);
        expect(plan.legs[0]).toMatchObject({ method: 'vector_hnsw', settings: { segment: 'brand = "acme"' } });
        expect(plan.legs[0]!.settings).not.toHaveProperty('moved');
        const exact = await ask({ filter: acme, exact: true }, at);
        found += hits.filter(({ score }) => score >= exact.hits.at(-1)!.score - 1e-6).length;
      }
      expect(found / (10 * queries.length)).toBeGreaterThanOrEqual(0.95);
    });

    it('says so in the explanation, and PostgreSQL takes that index', async () => {
      const { choices, postgresPlan } = await search.explain(request({ filter: acme }));
      expect(choices[0]).toMatchObject({ method: 'vector_hnsw_segment', chosen: true });
      expect(choices[0]!.reason).toMatch(/^1100 vectors in a graph of their own/);
      expect(choices.map(({ method }) => method)).toContain('vector_hnsw');
      const [named] = await database.query<{ name: string }>(
        { tenant },
        `select c.relname::text as name from pg_class c where c.relkind = 'i' and obj_description(c.oid, 'pg_class')::jsonb ->> 'value' = 'acme'`,
      );
      expect(postgresPlan).toContain(`Index Scan using ${named!.name}`);
    });

    it('takes the smallest of those that everything that passes is in, and only such', async () => {
      const tools = equals('categories', 'tools');
      expect(await segmentOf({ filter: must(tools) })).toBe('categories ~ "tools/"');
      expect(await segmentOf({ filter: must(tools, equals('brand', 'acme')) })).toBe('brand = "acme"');
      const one = must(onField('brand', { $case: 'in', value: { values: ['acme'] } }));
      expect(await segmentOf({ filter: one })).toBe('brand = "acme"');
      const nested = must({ kind: { $case: 'filter', value: acme } });
      expect(await segmentOf({ filter: nested })).toBe('brand = "acme"');
      const two = must(onField('brand', { $case: 'in', value: { values: ['acme', 'other 5'] } }));
      expect(await segmentOf({ filter: two })).toBeUndefined();
      expect(await segmentOf({ filter: { must: [], should: acme.must, mustNot: [] } })).toBeUndefined();
      expect(await segmentOf({ filter: { must: [], should: [], mustNot: acme.must } })).toBeUndefined();
      expect(await segmentOf({ filter: acme, exact: true })).toBeUndefined();
      const rare = await ask({ filter: must(equals('brand', 'rare')) });
      expect(rare.plan.legs[0]).toMatchObject({ method: 'vector_exact', settings: { candidates: 'filter_index' } });
    });

    it('goes by the graph of a tree for its root, for all of it and for what is below', async () => {
      const below = (value: string) => must(onField('categories', { $case: 'prefix', value }));
      expect(await segmentOf({ filter: below('tools/') })).toBe('categories ~ "tools/"');
      const { hits, plan } = await ask({ filter: below('tools/손/') });
      expect(plan.legs[0]!.settings.segment).toBe('categories ~ "tools/"');
      expect(hits).toHaveLength(10);
      for (const { item: live } of hits) expect(live!.categories).toContain('tools/손');
      expect(await segmentOf({ filter: below('tool') })).toBeUndefined();
    });

    it('fills the page and keeps to the rest of the filter, in words too, page after page', async () => {
      const range = onField('price', { $case: 'range', value: { gte: 5_500 } });
      // 40 would cost about as much by looking the items up: the sample, drawn by chance, would decide.
      const { hits, plan } = await ask({ filter: must(...acme.must, range), limit: 20 });
      expect(hits).toHaveLength(20);
      expect(plan.legs[0]!.settings.segment).toBe('brand = "acme"');
      for (const { item: live } of hits) {
        expect(live!.attributes!.brand).toBe('acme');
        expect(live!.price).toBeGreaterThanOrEqual(5_500);
      }
      const text = await ask({ by: { kind: 'text', text: 'keyboard 마우스' }, filter: acme });
      expect(text.plan.legs.at(-1)!.settings.segment).toBe('brand = "acme"');
      expect(text.hits).toHaveLength(10);
      const seen: string[] = [];
      for (let pageToken = '', page = 0; page < 6; page++) {
        const next = await ask({ filter: acme, limit: 50, pageToken });
        seen.push(...next.hits.map(({ itemId }) => itemId));
        pageToken = next.nextPageToken;
      }
      expect(new Set(seen).size).toBe(300);
    });

    it('sees at commit what was written, what came into the segment, and what left it', async () => {
      const [target] = (await ask({ filter: must(equals('brand', 'other 1')), limit: 1, exact: true })).hits;
      const first = async () => (await ask({ filter: acme })).hits[0]!.itemId;
      const before = await first();
      const brand = (value: string, id: string) =>
        database.query({ tenant }, `update kindred.items set attributes = $1::jsonb where item_id = $2`, [
          JSON.stringify({ brand: value }),
          id,
        ]);
      await brand('gone', before);
      expect(await first()).not.toBe(before);
      await brand('acme', target!.itemId);
      const ids = (await ask({ filter: acme })).hits.map(({ itemId }) => itemId);
      const exact = (await ask({ filter: acme, exact: true })).hits.map(({ itemId }) => itemId);
      expect(ids.includes(target!.itemId)).toBe(exact.includes(target!.itemId));
      await shop.put([{ ...item(count, 'acme'), title: 'keyboard 마우스 laptop 12' }]);
      expect(await first()).toBe(item(count, '').itemId);
      await brand('acme', before);
    });

    it('is given up where the declaration goes, and built for values that have come to pay', {
      timeout: 240_000,
    }, async () => {
      expect(await names()).toEqual(['acme', 'new', 'tools']);
      expect(await due(index)).toBeUndefined();
      await database.query(
        { tenant },
        `update kindred.items set attributes = '{"brand": "upstart"}' where price < 2200 and attributes ->> 'brand' <> 'acme'`,
      );
      expect(await due(index)).toBeUndefined();
      await database.query(
        { tenant },
        `update kindred.items set attributes = '{"brand": "upstart"}' where price < 4000 and attributes ->> 'brand' <> 'acme'`,
      );
      expect(await due(index)).toBe('segments');
      expect(await keepIndex(database, vectors(), index)).toBe('segments');
      expect(await names()).toEqual(['acme', 'new', 'tools', 'upstart']);
      await declare({ kind: 'auto' });
      expect(await due({ kind: 'auto' })).toBe('segments');
      expect(await keepIndex(database, vectors(), { kind: 'auto' })).toBe('segments');
      expect(await names()).toEqual([]);
    });

    it('comes to a collection that declares none by what searches ask for, unless it wants none', {
      timeout: 240_000,
    }, async () => {
      const asked: string[] = [];
      search.chooser.onSegmentField(({ name }, field) => asked.push(`${name}.${field}`));
      const auto: IndexSettings = { kind: 'auto' };
      await declare(auto);
      await ask({ filter: acme });
      await ask({ filter: must(equals('categories', 'toys'), ...acme.must), limit: 2 });
      await ask({ filter: must(equals('categories', 'tools/손')) });
      // Few, all, most of them, and none: no graph of a value would help.
      await ask({ filter: must(equals('brand', 'rare')) });
      await ask({});
      await ask({ filter: must(onField('price', { $case: 'range', value: { gte: 500 } })) });
      await ask({ filter: acme, exact: true });
      expect(asked).toEqual(['shop.brand', 'shop.brand', 'shop.categories']);

      const note = (searches: number) =>
        database.transaction({ tenant }, (sql) =>
          noteAskedFields(sql, shop.collection.collectionId, new Map([['brand', searches]])),
        );
      await note(199);
      expect(await due(auto)).toBeUndefined();
      await note(1);
      expect(await due(auto)).toBe('segments');
      await declare({ kind: 'auto', segments: [] });
      expect(await due({ kind: 'auto', segments: [] })).toBeUndefined();
      await declare(auto);
      expect(await keepIndex(database, vectors(), auto)).toBe('segments');
      expect(await names()).toEqual(['acme', 'upstart']);
      expect(await due(auto)).toBeUndefined();
      expect(await segmentOf({ filter: acme })).toBe('brand = "acme"');
      expect(asked.slice(3)).toEqual(['shop.brand']);
    });
  },
);
