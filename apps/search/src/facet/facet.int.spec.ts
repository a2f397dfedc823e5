import type { FacetField, Filter } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import { CollectionDirectory, Search } from '@kindred/vector-index';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { attribute, must, onField, Shop, type ShopItem } from '../../../../libs/vector-index/src/shop.fake.spec.ts';
import { testDatabases } from '../../../../test/support/databases.ts';
import '../../../../test/support/seeded-properties.ts';
import { countItems } from '../count.store.ts';
import { SetService } from '../set.service.ts';

type Asked = Partial<FacetField> & { field: string };
const colors = ['red', 'blue', '검정', '흰색'];
const { signal } = new AbortController();
const maybe = <Value>(values: readonly Value[]) => fc.option(fc.constantFrom(...values), { nil: undefined });
const items: ShopItem[] = fc
  .sample(
    fc.record({
      title: fc.constantFrom('무선 마우스', 'mouse'),
      price: maybe([1, 2.5, 9.99]),
      stock: maybe([0, 3]),
      hidden: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
      categories: fc.subarray(['전자', '전자/음향', 'books']),
      attributes: fc.record({
        color: maybe([...colors, '']),
        // The same value twice in one item counts once.
        tags: fc.option(fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 4 }), { nil: undefined }),
        weight: maybe([0, 0.1, 1e21]),
        fragile: maybe([true, false]),
        released: maybe(['2025-01-01T00:00:00Z', '2025-01-01T09:00:00+09:00', '2025-06-01']),
      }),
    }),
    { numRuns: 200, seed: 11 },
  )
  .map((one, at) => ({ ...one, itemId: `i${at}` }));

describe.each(testDatabases())('facets on $name', ({ open }) => {
  let database: Database;
  let shop: Shop;
  let sets: SetService;
  const facet = ({ filter, fields: asked }: { filter?: Filter; fields: Asked[] }, tenant = 'faceted') =>
    sets.facet(
      { collection: 'shop', filter, fields: asked.map((one) => ({ ranges: [], ...one })) },
      { tenant, role: 'reader', requestId: 'r' },
      signal,
    );
  const count = (filter?: Filter) =>
    database.transaction({ tenant: 'faceted' }, (sql) => countItems(sql, shop.collection, filter));
  const fields = [
    'color',
    'tags',
    'weight',
    'fragile',
    'released',
    'categories',
    'price',
    'stock',
    'in_stock',
    'title',
  ];

  beforeAll(async () => {
    database = await open();
    const declared = [
      attribute('color', 'keyword'),
      attribute('tags', 'keyword', { array: true }),
      attribute('weight', 'number'),
      attribute('fragile', 'boolean'),
      attribute('released', 'time'),
      attribute('place', 'geo'),
      attribute('allowed_groups', 'keyword', { array: true, shown: false }),
    ];
    shop = await Shop.open(database, 'faceted', declared);
    await shop.put(items, { vectors: false });
    const other = await Shop.open(database, 'somebody else', declared);
    await other.put([{ itemId: 'i1', title: 'secret', attributes: { color: 'secret' } }], { vectors: false });
    const directory = new CollectionDirectory(database);
    sets = new SetService(database, directory, new Search(database, directory).filters);
  });

  it('count for each value what a filter for it finds, and items of one value add up', async () => {
    const price = maybe([1, 2.5]).chain((gte) => maybe([2.5, 10]).map((lt) => ({ gte, lt })));
    const property = fc.asyncProperty(price, fc.boolean(), async ({ gte, lt }, inStock) => {
      const range =
        gte === undefined && lt === undefined ? [] : [onField('price', { $case: 'range', value: { gte, lt } })];
      const filter = must(onField('in_stock', { $case: 'equals', value: inStock }), ...range);
      const answer = await facet({ filter, fields: fields.map((field) => ({ field, limit: 1000 })) });
      expect(answer.total).toBe(await count(filter));
      for (const { field, values, missing, distinct } of answer.facets) {
        expect(distinct).toBe(BigInt(values.length));
        const without = must(...filter.must, onField(field, { $case: 'exists', value: false }));
        expect(missing, field).toBe(await count(without));
        for (const { value, count: counted } of values) {
          if (field === 'title') continue;
          const having = must(...filter.must, onField(field, { $case: 'equals', value }));
          expect(counted, `${field} = ${value}`).toBe(await count(having));
        }
        if (field === 'tags' || field === 'categories') continue;
        const sum = values.reduce((total, one) => total + one.count, missing);
        expect(sum, field).toBe(answer.total);
      }
    });
    await fc.assert(property, { numRuns: 8 });
  });

  it('put the most frequent values first and tell how many there are', async () => {
    const { facets } = await facet({ fields: [{ field: 'color', limit: 2 }, { field: 'weight' }] });
    const [color, weight] = facets;
    expect(color!.values).toHaveLength(2);
    expect(color!.values[0]!.count).toBeGreaterThanOrEqual(color!.values[1]!.count);
    expect(color!.distinct).toBe(4n);
    expect(weight).toMatchObject({ min: 0, max: 1e21 });
    expect(weight!.values.map(({ value }) => value)).toEqual(expect.arrayContaining([0, 0.1, 1e21]));
  });

  it('count a field twice as once, by values and by ranges', async () => {
    const ranges = [{ lt: 5 }, { gte: 5 }];
    const twice = await facet({ fields: [{ field: 'price' }, { field: 'price', ranges }, { field: 'price' }] });
    const [values, counted, again] = twice.facets;
    expect(again).toEqual(values);
    const [alone] = (await facet({ fields: [{ field: 'price' }] })).facets;
    expect(values).toEqual(alone);
    expect(counted).toMatchObject({ distinct: alone!.distinct, missing: alone!.missing });
    const sum = counted!.values.reduce((total, one) => total + one.count, counted!.missing);
    expect(sum).toBe(twice.total);
  });

  it('count numbers and times by ranges, in the order asked for', async () => {
    const prices = [{ lt: 2 }, { gte: 2, lt: 5 }, { gte: 5 }];
    const released = [{ gte: '2025-01-01', lt: '2025-03-01' }, { gt: '2030-01-01' }];
    const answer = await facet({
      fields: [
        { field: 'price', ranges: prices },
        { field: 'released', ranges: released },
      ],
    });
    const [price, time] = answer.facets;
    const sum = price!.values.reduce((total, one) => total + one.count, price!.missing);
    expect(sum).toBe(answer.total);
    for (const [at, value] of prices.entries()) {
      const found = await count(must(onField('price', { $case: 'range', value })));
      expect(price!.values[at]).toMatchObject({ range: value, count: found });
    }
    expect(time!.values.map((one) => one.count)).toEqual([
      await count(must(onField('released', { $case: 'equals', value: '2025-01-01T00:00:00Z' }))),
      0n,
    ]);
    expect(time!.values[0]!.count).toBeGreaterThan(0n);
  });

  it('say nothing of other tenants, hidden items and what the filter leaves out', async () => {
    const { total, facets } = await facet({ fields: [{ field: 'color' }] });
    expect(total).toBe(BigInt(items.filter((one) => !one.hidden).length));
    expect(facets[0]!.values.map(({ value }) => value)).not.toContain('secret');
    const nothing = must(onField('color', { $case: 'equals', value: 'secret' }));
    const none = await facet({ filter: nothing, fields: [{ field: 'color' }, { field: 'price' }] });
    expect(none.total).toBe(0n);
    expect(none.facets[0]).toMatchObject({ values: [], distinct: 0n, missing: 0n, min: undefined });
    await expect(facet({ fields: [{ field: 'color' }] }, 'a stranger')).rejects.toMatchObject({
      code: 'COLLECTION_NOT_FOUND',
    });
  });

  it.each<[string, Asked[], string, string]>([
    ['no field', [], 'FIELD_MISSING', 'fields'],
    ['too many fields', Array.from({ length: 21 }, () => ({ field: 'price' })), 'FIELD_TOO_LARGE', 'fields'],
    ['an undeclared field', [{ field: 'price' }, { field: '색' }], 'FILTER_FIELD_UNDECLARED', 'fields[1].field'],
    ['a place', [{ field: 'place' }], 'FIELD_INVALID', 'fields[0].field'],
    ['what is not shown', [{ field: 'allowed_groups' }], 'FIELD_INVALID', 'fields[0].field'],
    ['limit 0', [{ field: 'price', limit: 0 }], 'LIMIT_OUT_OF_RANGE', 'fields[0].limit'],
    ['limit 1001', [{ field: 'price', limit: 1001 }], 'LIMIT_OUT_OF_RANGE', 'fields[0].limit'],
    ['ranges of words', [{ field: 'color', ranges: [{ gte: 'a' }] }], 'FILTER_INVALID', 'fields[0].ranges[0]'],
    ['a range without bounds', [{ field: 'price', ranges: [{ lt: 1 }, {}] }], 'FILTER_INVALID', 'fields[0].ranges[1]'],
    ['a bound of words', [{ field: 'price', ranges: [{ lt: '1' }] }], 'FILTER_INVALID', 'fields[0].ranges[0].lt'],
    ['many ranges', [{ field: 'price', ranges: Array(101).fill({ lt: 1 }) }], 'FIELD_TOO_LARGE', 'fields[0].ranges'],
  ])('refuse %s by its field', async (_, asked, code, field) => {
    await expect(facet({ fields: asked })).rejects.toMatchObject({ code, field });
  });
});
