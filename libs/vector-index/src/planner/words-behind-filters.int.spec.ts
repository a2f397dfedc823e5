import type { Database } from '@kindred/database';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabases } from '../../../../test/support/databases.ts';
import { CollectionDirectory } from '../collection-directory.ts';
import { promote } from '../promotion.ts';
import { Search } from '../search/search.ts';
import type { SearchRequest } from '../search/search-request.ts';
import { attribute, FakeEmbedder, must, onField, Shop, type ShopItem } from '../shop.fake.spec.ts';

const tenant = 'words';
const count = 12_000;
const words = ['mouse', 'keyboard', 'laptop', 'printer', '마우스', '키보드', 'cable', 'screen', 'lamp', '의자'];

const items = (): ShopItem[] =>
  Array.from({ length: count }, (_, at) => ({
    itemId: `item-${String(at).padStart(5, '0')}`,
    title: `${words[at % 10]} ${words[Math.floor(at / 10) % 10]} ${words[Math.floor(at / 100) % 10]} ${at % 997}`,
    price: at,
    attributes: {
      third: at % 3 === 0,
      fifth: at % 5 === 3,
      thousandth: at % 1_000 === 11,
      brand: at % 600 === 7 ? '로지텍' : 'other',
    },
  }));

describe.each(testDatabases())('a search by words behind a filter, on $name', ({ open }) => {
  let database: Database;
  let shop: Shop;
  let search: Search;
  let directory: CollectionDirectory;
  const request = (more: Partial<SearchRequest>): SearchRequest => ({
    tenant,
    collection: 'shop',
    by: { kind: 'text', text: 'keyboard 마우스 lamp' },
    mode: 'lexical',
    limit: 20,
    ...more,
  });
  const ask = (more: Partial<SearchRequest>) => search.query(request(more));
  const equals = (field: string, value: unknown) => must(onField(field, { $case: 'equals', value }));

  beforeAll(async () => {
    database = await open();
    shop = await Shop.open(database, tenant, [
      ...['third', 'fifth', 'thousandth'].map((name) => attribute(name, 'boolean')),
      attribute('brand', 'keyword'),
    ]);
    await shop.put(items());
    await promote(database, tenant, shop.collection.collectionId, 'documents');
    await promote(database, tenant, shop.collection.collectionId, shop.model);
    directory = new CollectionDirectory(database);
    search = new Search(database, directory, new FakeEmbedder());
  }, 120_000);
  afterAll(() => directory.close());

  /** Scores by id of all that match the words and pass, by reading on without a filter. */
  async function passing(passes: (item: Record<string, unknown>) => boolean): Promise<Map<string, number>> {
    const found = new Map<string, number>();
    let pageToken = '';
    do {
      const page = await ask({ limit: 500, pageToken });
      for (const { itemId, score, item } of page.hits) if (passes(item!.attributes!)) found.set(itemId, score);
      pageToken = page.nextPageToken;
    } while (pageToken !== '');
    return found;
  }

  it.each([
    ['third', true, undefined],
    ['fifth', true, undefined],
    ['thousandth', true, 'filter_index'],
    ['brand', '로지텍', 'filter_index'],
  ])('finds the best that pass, by the way that suits: %s', async (field, value, candidates) => {
    const { hits, plan } = await ask({ filter: equals(field, value) });
    const all = await passing((attributes) => attributes[field] === value);
    const best = [...all.values()].sort((a, b) => b - a).slice(0, 20);
    expect(hits).toHaveLength(Math.min(20, all.size));
    for (const [at, { itemId, score }] of hits.entries()) {
      expect(score).toBeCloseTo(best[at]!, 5);
      expect(all.get(itemId)).toBeCloseTo(score, 5);
    }
    expect(plan.legs[0]!.settings.candidates).toBe(candidates);
    expect(plan.complete).toBe(true);
  });

  it('walks the index of words where many pass, and says how many it expects to meet', async () => {
    const { choices, postgresPlan } = await search.explain(request({ filter: equals('third', true) }));
    expect(postgresPlan).toMatch(/Index Scan using documents_c\d+_bm25/);
    expect(choices[0]!.reason).toMatch(/terms; at most \d+ documents met for 100 that pass$/);
    const narrow = await search.explain(request({ filter: equals('thousandth', true) }));
    expect(narrow.postgresPlan).not.toMatch(/Index Scan using documents_c\d+_bm25/);
    expect(narrow.choices[0]!.reason).toMatch(/of 12000 items pass$/);
    expect(narrow.result.plan.legs[0]).toMatchObject({ examined: 12n });
  });

  it('finds those of a range of prices, and of nothing that passes nothing', async () => {
    const cheap = must(onField('price', { $case: 'range', value: { lt: 40 } }));
    const { hits, plan } = await ask({ filter: cheap });
    expect(hits.length).toBeGreaterThan(0);
    for (const { item } of hits) expect(item!.price).toBeLessThan(40);
    expect(plan.legs[0]!.settings.candidates).toBe('filter');
    const none = await ask({ filter: equals('brand', 'nobody') });
    expect(none.hits).toEqual([]);
    expect(none.plan.complete).toBe(true);
  });

  it('is planned again where more pass than the sample knew of', async () => {
    await ask({ filter: equals('thousandth', true) });
    await database.query(
      { tenant },
      `update kindred.items set attributes = attributes || '{"thousandth": true}' where price < 6000`,
    );
    const { hits, plan } = await ask({ filter: equals('thousandth', true) });
    expect(hits).toHaveLength(20);
    expect(plan.steps.filter(({ name }) => name === 'database')).toHaveLength(2);
    expect(plan.legs[0]!.settings).not.toHaveProperty('candidates');
  });
});
