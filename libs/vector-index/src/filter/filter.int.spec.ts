import { type Condition, type FieldCondition, type Filter, KindredError } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { testDatabases } from '../../../../test/support/databases.ts';
import '../../../../test/support/seeded-properties.ts';
import { CollectionDirectory } from '../collection-directory.ts';
import { liveItemCondition } from '../live-item.ts';
import { Search } from '../search/search.ts';
import { attribute, FakeEmbedder, must, onField, Shop, type ShopItem } from '../shop.fake.spec.ts';
import { contradictionOf } from './contradiction.ts';
import { filterToSql } from './filter-to-sql.ts';
import { passes } from './plain-filter.fake.spec.ts';

type Test = NonNullable<FieldCondition['test']>;

const colors = ['red', 'blue', '검정', ''];
const trees = ['전자', '전자/음향', '전자/음향/헤드폰', '전자/음향기기', 'books'];
const times = ['2025-01-01', '2025-06-01T12:00:00+09:00', '2025-06-01T03:00:00Z', '2026-01-01T00:00:00.5Z'];
const latitudes = [-90, -89.5, -10, 0, 10, 37.566, 89.5, 90];
const longitudes = [-180, -179.5, -120, 0, 126.978, 179.5, 180];
const numbers = [0, 1, 2.5, 9, 1e300];

const value = <Value>(values: readonly Value[]) => fc.option(fc.constantFrom(...values), { nil: undefined });
const item: fc.Arbitrary<Omit<ShopItem, 'itemId'>> = fc.record({
  title: fc.constantFrom('무선 마우스', 'mouse', 'pad'),
  price: value(numbers),
  stock: value([0, 1, 5]),
  categories: fc.subarray(trees),
  attributes: fc.record({
    color: value(colors),
    tags: fc.option(fc.subarray(colors), { nil: undefined }),
    weight: value(numbers),
    sizes: fc.option(fc.subarray(numbers), { nil: undefined }),
    fragile: value([true, false]),
    released: value(times),
    place: fc.option(fc.tuple(fc.constantFrom(...longitudes), fc.constantFrom(...latitudes)), { nil: undefined }),
  }),
});

const point = fc.record({
  latitude: fc.oneof(fc.constantFrom(...latitudes), fc.integer({ min: -90, max: 90 })),
  longitude: fc.oneof(fc.constantFrom(...longitudes), fc.integer({ min: -180, max: 180 })),
});
const bounded = (values: readonly unknown[]) =>
  fc
    .record(
      { gt: fc.constantFrom(...values), gte: fc.constantFrom(...values), lt: fc.constantFrom(...values) },
      { requiredKeys: [] },
    )
    .filter((range) => Object.keys(range).length > 0)
    .map((range): Test => ({ $case: 'range', value: range }));
const listed = (values: readonly unknown[]): fc.Arbitrary<Test> =>
  fc.oneof(
    fc.constantFrom(...values).map((one): Test => ({ $case: 'equals', value: one })),
    fc.subarray([...values], { minLength: 1 }).map((some): Test => ({ $case: 'in', value: { values: some } })),
    fc.boolean().map((one): Test => ({ $case: 'exists', value: one })),
  );
const begun = fc
  .constantFrom('', '전', '전자/음향/', '전자/음향', 'books/', 'r')
  .map((one): Test => ({ $case: 'prefix', value: one }));
const geo: fc.Arbitrary<Test> = fc.oneof(
  fc.boolean().map((one): Test => ({ $case: 'exists', value: one })),
  fc
    .tuple(point, fc.constantFrom(0, 1e3, 1.23e5, 4.56e6, 1.9e7, 1e9))
    .map(([center, meters]): Test => ({ $case: 'radius', value: { center, meters } })),
  fc.tuple(point, point).map(([a, b]): Test => {
    const [south, north] = [a.latitude, b.latitude].sort((x, y) => x - y);
    const southWest = { latitude: south!, longitude: a.longitude };
    return { $case: 'box', value: { southWest, northEast: { latitude: north!, longitude: b.longitude } } };
  }),
);

const tested: [string, fc.Arbitrary<Test>][] = [
  ['color', fc.oneof(listed(colors), begun)],
  ['tags', fc.oneof(listed(colors), begun)],
  ['categories', fc.oneof(listed(trees), begun)],
  ['title', begun],
  ['weight', fc.oneof(listed(numbers), bounded(numbers))],
  ['sizes', fc.oneof(listed(numbers), bounded(numbers))],
  ['price', fc.oneof(listed(numbers), bounded(numbers))],
  ['stock', bounded([0, 1, 5])],
  ['in_stock', listed([true, false])],
  ['fragile', listed([true, false])],
  ['released', fc.oneof(listed(times), bounded(times))],
  ['place', geo],
];
const condition: fc.Arbitrary<Condition> = fc.oneof(
  ...tested.map(([field, test]) => test.map((one): Condition => onField(field, one))),
);
const filters = fc.letrec<{ filter: Filter; part: Condition }>((tie) => ({
  filter: fc.record({
    must: fc.array(tie('part'), { maxLength: 3 }),
    should: fc.array(tie('part'), { maxLength: 2 }),
    mustNot: fc.array(tie('part'), { maxLength: 1 }),
  }),
  part: fc.oneof(
    { maxDepth: 2, withCrossShrink: true },
    condition,
    tie('filter').map((one): Condition => ({ kind: { $case: 'filter', value: one } })),
  ),
})).filter;

describe.each(testDatabases())('filters on $name', ({ open }) => {
  let database: Database;
  let shop: Shop;
  const items = fc.sample(item, { numRuns: 120, seed: 7 }).map((one, at): ShopItem => ({ ...one, itemId: `i${at}` }));

  beforeAll(async () => {
    database = await open();
    shop = await Shop.open(database, 'filtered', [
      attribute('color', 'keyword'),
      attribute('tags', 'keyword', { array: true }),
      attribute('weight', 'number'),
      attribute('sizes', 'number', { array: true }),
      attribute('fragile', 'boolean'),
      attribute('released', 'time'),
      attribute('place', 'geo'),
    ]);
    await shop.put(items);
  });

  async function found(filter: Filter, options = {}): Promise<string[]> {
    const values: unknown[] = [shop.collection.collectionId];
    const sql = filterToSql(filter, shop.collection, values, options);
    const rows = await database.query<{ item_id: string }>(
      { tenant: 'filtered', readOnly: true },
      `select i.item_id from kindred.items i where i.collection_id = $1 and ${liveItemCondition} and ${sql}`,
      values,
    );
    return rows.map((row) => row.item_id).sort();
  }

  it('match what the same filter matches in plain JavaScript, and nothing where it contradicts itself', async () => {
    let contradictions = 0;
    const property = fc.asyncProperty(filters, async (filter) => {
      const expected = items
        .filter((one) => passes(filter, one))
        .map((one) => one.itemId)
        .sort();
      expect(await found(filter)).toEqual(expected);
      if (contradictionOf(filter, shop.collection) === undefined) return;
      contradictions += 1;
      expect(expected).toEqual([]);
    });
    await fc.assert(property, { numRuns: 500 });
    expect(contradictions).toBeGreaterThan(10);
  });

  it('match the same where rows are tested one by one, whose long lists are hashed', async () => {
    const padding = (value: (at: number) => unknown) => Array.from({ length: 30 }, (_, at) => value(at));
    const lists = [
      onField('item_id', {
        $case: 'in',
        value: { values: [...items.slice(3, 9).map((one) => one.itemId), ...padding((at) => `x${at}`)] },
      }),
      onField('price', { $case: 'in', value: { values: [0, 2.5, ...padding((at) => at + 100)] } }),
      onField('title', { $case: 'in', value: { values: ['pad', ...padding((at) => `마우스 ${at}`)] } }),
    ];
    for (const list of lists) {
      const filters = [must(list), { must: [], should: [], mustNot: [list] }, { must: [], should: lists, mustNot: [] }];
      for (const filter of filters) {
        const expected = await found(filter);
        expect(expected.length).toBeGreaterThan(0);
        expect(await found(filter, { rowByRow: true })).toEqual(expected);
      }
    }
  });

  it('answer a contradiction with an empty page that is complete, without looking at vectors', async () => {
    const embedder = new FakeEmbedder();
    const search = new Search(database, new CollectionDirectory(database), embedder);
    const range = (bounds: object) => onField('price', { $case: 'range', value: bounds });
    const filter = must(range({ lt: 5 }), range({ gt: 9 }));
    const { hits, plan } = await search.query({
      tenant: 'filtered',
      collection: 'shop',
      by: { kind: 'text', text: '마우스' },
      filter,
    });
    expect(hits).toEqual([]);
    expect(plan).toMatchObject({ complete: true, legs: [], collectionItems: 120n });
    expect(plan.notes).toEqual([
      'filter.must[0] and filter.must[1] together leave no value of "price": nothing matches',
    ]);
    expect(embedder.calls).toBe(0);
    const undeclared = must(range({ lt: 5, gt: 9 }), onField('색', { $case: 'exists', value: true }));
    const refused = search.query({
      tenant: 'filtered',
      collection: 'shop',
      by: { kind: 'text', text: 'x' },
      filter: undeclared,
    });
    await expect(refused).rejects.toMatchObject({ code: 'FILTER_FIELD_UNDECLARED', field: 'filter.must[1].field' });
  });

  it('of a thousand shapes leave no more prepared statements behind than a connection may hold', async () => {
    for (let at = 0; at < 1_000; at++) {
      const shape = (bit: number): Test =>
        (at >> bit) % 2 === 0 ? { $case: 'exists', value: true } : { $case: 'range', value: { gte: bit } };
      await found(must(...Array.from({ length: 10 }, (_, bit) => onField('price', shape(bit)))));
    }
    const [held] = await database.query<{ count: bigint }>(
      { tenant: 'filtered' },
      'select count(*) as count from pg_prepared_statements',
    );
    expect(Number(held!.count)).toBeLessThanOrEqual(16);
  });

  it('that are too deep, too wide or too long are refused before the database is asked', () => {
    const refusal = (filter: Filter) => {
      try {
        filterToSql(filter, shop.collection, []);
      } catch (error) {
        return (error as KindredError).code;
      }
      return undefined;
    };
    let deep = must(onField('price', { $case: 'equals', value: 1 }));
    for (let level = 0; level < 100; level++) deep = must({ kind: { $case: 'filter', value: deep } });
    const ids = Array.from({ length: 10_000 }, (_, at) => `i${at}`);
    const long = must(onField('item_id', { $case: 'in', value: { values: ids } }));
    const wide = must(...ids.map((id) => onField('item_id', { $case: 'equals', value: id })));
    for (const filter of [deep, long, wide]) {
      expect(contradictionOf(filter, shop.collection)).toBeUndefined();
      expect(refusal(filter)).toBe('FILTER_TOO_LARGE');
    }
  });
});
