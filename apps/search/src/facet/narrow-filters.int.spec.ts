import type { FieldCondition, Filter } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import { CollectionDirectory, Search } from '@kindred/vector-index';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { passes } from '../../../../libs/vector-index/src/filter/plain-filter.fake.spec.ts';
import { attribute, must, onField, Shop, type ShopItem } from '../../../../libs/vector-index/src/shop.fake.spec.ts';
import { testDatabases } from '../../../../test/support/databases.ts';
import { countItems } from '../count.store.ts';
import { SetService } from '../set.service.ts';

const tenant = 'narrow';
const signal = new AbortController().signal;

/** So many that filters are planned. */
const items = Array.from(
  { length: 10_200 },
  (_, at): ShopItem => ({
    itemId: `item-${at}`,
    title: `item ${at}`,
    categories: [`a/${at % 400}`],
    hidden: at % 9 === 0,
    attributes: {
      color: ['빨강', 'blue'][at % 2],
      weight: at / 10,
      released: new Date(Date.UTC(2020, 0, 1) + at * 3_600_000).toISOString(),
      place: [(at % 360) - 180, (at % 170) - 85],
    },
  }),
);
const visible = items.filter(({ hidden }) => !hidden);

type Test = NonNullable<FieldCondition['test']>;
const narrow: [string, string, Test][] = [
  ['a subtree', 'categories', { $case: 'prefix', value: 'a/8/' }],
  ['a range of numbers', 'weight', { $case: 'range', value: { gte: 100, lt: 110 } }],
  ['a range of times', 'released', { $case: 'range', value: { gte: '2020-02-01', lt: '2020-02-08' } }],
  ['a circle', 'place', { $case: 'radius', value: { center: { latitude: 37, longitude: 127 }, meters: 900_000 } }],
];
const wide: Filter = must(onField('color', { $case: 'equals', value: 'blue' }));

describe.each(testDatabases())('sets of few items among many on $name', ({ name, open }) => {
  let database: Database;
  let shop: Shop;
  let search: Search;
  let directory: CollectionDirectory;

  beforeAll(async () => {
    database = await open();
    const declared = [
      attribute('color', 'keyword'),
      attribute('weight', 'number'),
      attribute('released', 'time'),
      attribute('place', 'geo'),
    ];
    shop = await Shop.open(database, tenant, declared);
    await shop.put(items, { vectors: false });
    directory = new CollectionDirectory(database);
    search = new Search(database, directory);
  }, 120_000);
  afterAll(() => directory.close());

  it.each(narrow)('are found by an index, and counted as they are: %s', async (_, field, test) => {
    const filter = must(onField(field, test), onField('color', { $case: 'equals', value: '빨강' }));
    const facts = await search.filters.factsOf(shop.collection, filter);
    expect(facts !== undefined).toBe(name === 'postgres');
    const expected = visible.filter((item) => passes(filter, item)).length;
    expect(expected).toBeGreaterThan(0);
    const scope = { tenant, readOnly: true };
    const counted = await database.transaction(scope, (sql) => countItems(sql, shop.collection, filter, facts));
    expect(counted).toBe(BigInt(expected));
    const sets = new SetService(database, directory, search.filters);
    const asked = { collection: 'shop', filter, fields: [{ field: 'color', ranges: [] }] };
    const { total, facets } = await sets.facet(asked, { tenant, role: 'reader', requestId: 'r' }, signal);
    expect(total).toBe(BigInt(expected));
    expect(facets[0]!.values).toEqual([{ value: '빨강', count: BigInt(expected) }]);
  });

  it.each(narrow)('are scrolled in order, page by page: %s', async (_, field, test) => {
    const sets = new SetService(database, directory, search.filters);
    const filter = must(onField(field, test));
    const expected = visible.filter((item) => passes(filter, item));
    for (const orderBy of ['', 'weight']) {
      const asked = { collection: 'shop', filter, limit: 20, orderBy, descending: false, pageToken: '' };
      const ids: string[] = [];
      for (let at = 0; at <= expected.length / 20; at++) {
        const page = await sets.scroll(asked, { tenant, role: 'reader', requestId: 'r' }, signal);
        ids.push(...page.items.map(({ itemId }) => itemId));
        asked.pageToken = page.nextPageToken;
        if (asked.pageToken === '') break;
      }
      const inOrder =
        orderBy === '' ? expected.map(({ itemId }) => itemId).sort() : expected.map(({ itemId }) => itemId);
      expect(ids).toEqual(inOrder);
    }
  });

  it('are looked for among all where many pass, and nowhere for a filter that is none', async () => {
    expect(await search.filters.factsOf(shop.collection, wide)).toBeUndefined();
    expect(await search.filters.factsOf(shop.collection, undefined)).toBeUndefined();
    // 500 items, and one in 20: some 20 are met for one that passes, 10,000 for 500.
    const some = must(onField('weight', { $case: 'range', value: { gte: 100, lt: 150 } }));
    expect(await search.filters.factsOf(shop.collection, some, 1)).toBeUndefined();
    expect((await search.filters.factsOf(shop.collection, some, 500)) !== undefined).toBe(name === 'postgres');
    const wrong = must(onField('weight', { $case: 'range', value: { gte: 'heavy' } }));
    await expect(search.filters.factsOf(shop.collection, wrong)).rejects.toMatchObject({ code: 'FILTER_INVALID' });
  });
});
