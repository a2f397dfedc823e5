import type { FieldCondition, Filter } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabases } from '../../../../test/support/databases.ts';
import { CollectionDirectory } from '../collection-directory.ts';
import { passes } from '../filter/plain-filter.fake.spec.ts';
import { anyOfSql } from '../search/facts-sql.ts';
import { Search } from '../search/search.ts';
import { StatementParams } from '../search/statement-params.ts';
import { attribute, FakeEmbedder, fakeVector, must, onField, Shop, type ShopItem } from '../shop.fake.spec.ts';
import { filterFacts } from './filter-facts.ts';
import { ItemSample } from './item-sample.ts';
import { MatchingItems } from './matching-items.ts';

const tenant = 'ranges';
const count = 10_200;
const declared = [
  attribute('brand', 'keyword'),
  attribute('weight', 'number'),
  { ...attribute('sizes', 'number'), array: true },
  attribute('released', 'time'),
  attribute('place', 'geo'),
];

/** The same instant in other clocks, and written in other ways. */
const spellings = [
  (ms: number) => new Date(ms).toISOString(),
  (ms: number) => new Date(ms + 9 * 3_600_000).toISOString().replace('Z', '+09:00'),
  (ms: number) => new Date(ms - 12 * 3_600_000).toISOString().replace(/\.\d+Z/, '-1200'),
  (ms: number) => new Date(ms).toISOString().replace('T', ' ').replace('Z', ''),
];

/** A weight and an hour each, and places all around the Earth. */
const items = Array.from(
  { length: count },
  (_, at): ShopItem => ({
    itemId: `item-${String(at).padStart(5, '0')}`,
    title: `speaker ${at}`,
    attributes: {
      brand: at % 4 === 3 ? 'acme' : 'other',
      weight: (at - 100) * 1.1,
      sizes: [at / 7, -at],
      released: spellings[at % spellings.length]!(Date.UTC(2020, 1, 1) + at * 3_600_000),
      place: [((at * 37) % 3_601) / 10 - 180, ((at * 11) % 1_801) / 10 - 90],
    },
  }),
);

type Test = NonNullable<FieldCondition['test']>;
const range = (value: Extract<Test, { $case: 'range' }>['value']): Test => ({ $case: 'range', value });
const circle = (latitude: number, longitude: number, meters: number): Test => ({
  $case: 'radius',
  value: { center: { latitude, longitude }, meters },
});
const box = ([south, west]: number[], [north, east]: number[]): Test => ({
  $case: 'box',
  value: {
    southWest: { latitude: south!, longitude: west! },
    northEast: { latitude: north!, longitude: east! },
  },
});

const narrow: [string, string, Test][] = [
  ['few numbers', 'weight', range({ gte: 1_000, lt: 1_005.5 })],
  ['numbers around zero', 'weight', range({ gt: -4, lt: 4.4 })],
  ['the largest numbers', 'weight', range({ gt: 11_100 })],
  ['the smallest numbers', 'weight', range({ lte: -100 })],
  ['elements of a list', 'sizes', range({ gte: 1_400, lte: 1_401 })],
  ['one day', 'released', range({ gte: '2020-06-01', lt: '2020-06-02' })],
  ['one instant', 'released', { $case: 'equals', value: spellings[1]!(Date.UTC(2020, 5, 1, 7)) }],
  ['the last hours', 'released', range({ gte: '2021-03-30T22:00:00Z' })],
  ['a circle', 'place', circle(37.5, 127, 300_000)],
  ['a circle around a pole', 'place', circle(89.9, 10, 100_000)],
  ['a box over the antimeridian', 'place', box([10, 179], [20, -178])],
];

describe.each(testDatabases())('ranges and places on $name', ({ open }) => {
  let database: Database;
  let shop: Shop;
  let search: Search;
  let directory: CollectionDirectory;
  const ask = (filter: Filter) =>
    search.query({
      tenant,
      collection: 'shop',
      by: { kind: 'vector', values: [...fakeVector('speaker 7')], model: '' },
      limit: 200,
      filter,
    });
  const expected = (filter: Filter) => items.filter((item) => passes(filter, item)).map(({ itemId }) => itemId);

  beforeAll(async () => {
    database = await open();
    shop = await Shop.open(database, tenant, declared);
    await shop.put(items);
    directory = new CollectionDirectory(database);
    search = new Search(database, directory, new FakeEmbedder());
  }, 120_000);
  afterAll(() => directory.close());

  it.each(narrow)('are found by the index over facts: %s', async (_, field, test) => {
    const filter = must(onField(field, test));
    const { hits, plan } = await ask(filter);
    expect(hits.map(({ itemId }) => itemId).sort()).toEqual(expected(filter));
    expect(hits.length).toBeGreaterThan(0);
    const { settings, examined } = plan.legs[0]!;
    expect(settings.candidates).toBe('filter_index');
    expect(examined).toBe(BigInt(hits.length));
  });

  it('go with what else the filter demands, and are nothing where no item is', async () => {
    const filter = must(
      onField('brand', { $case: 'equals', value: 'acme' }),
      onField('released', range({ gte: '2020-06-01', lt: '2020-06-03' })),
      onField('weight', range({ gt: 0 })),
    );
    const { hits, plan } = await ask(filter);
    expect(hits.map(({ itemId }) => itemId).sort()).toEqual(expected(filter));
    expect(plan.legs[0]!.settings.candidates).toBe('filter_index');
    for (const nothing of [range({ gt: 20_000 }), range({ gt: 1_000.5, lt: 1_000.6 })]) {
      expect((await ask(must(onField('weight', nothing)))).hits).toEqual([]);
    }
    expect((await ask(must(onField('released', range({ lt: '1066-10-14' }))))).hits).toEqual([]);
  });

  const acme = onField('brand', { $case: 'equals', value: 'acme' });
  const day = onField('released', range({ gte: '2020-06-01', lt: '2020-06-02' }));
  const heavy = onField('weight', range({ gt: 11_100 }));
  const near = onField('place', circle(37.5, 127, 300_000));
  const group = (filter: Partial<Filter>): Filter => ({ must: [], should: [], mustNot: [], ...filter });
  const nested = (filter: Partial<Filter>): Filter['must'][number] => ({
    kind: { $case: 'filter', value: group(filter) },
  });
  const alternatives: [string, Filter][] = [
    ['fields', group({ should: [day, heavy, near] })],
    ['groups', group({ should: [nested({ must: [acme, day] }), nested({ should: [heavy, near] })] })],
    ['a group within a demand', must(acme, nested({ should: [day, heavy] }))],
  ];

  it.each(alternatives)('are found where one of several has to hold: %s', async (_, filter) => {
    const { hits, plan } = await ask(filter);
    expect(hits.map(({ itemId }) => itemId).sort()).toEqual(expected(filter));
    expect(hits.length).toBeGreaterThan(0);
    expect(plan.legs[0]!.settings.candidates).toBe('filter_index');
  });

  it('are looked for among all where one of the alternatives has no facts', async () => {
    const priced = onField('price', range({ gt: 1 }));
    const { plan } = await ask(group({ should: [day, priced] }));
    expect(plan.legs[0]!.settings.candidates).not.toBe('filter_index');
  });

  it('are not looked up where most items pass', async () => {
    const { plan } = await ask(must(onField('weight', range({ gt: 0 }))));
    expect(plan.legs[0]!.settings.candidates).not.toBe('filter_index');
  });

  it('tell recommendations what passes', async () => {
    const filter = must(onField('place', circle(37.5, 127, 300_000)));
    const of = { collection: shop.collection, items: BigInt(count) };
    expect((await new MatchingItems(database).of(of, filter, 11)).ids!.sort()).toEqual(expected(filter));
  });

  it('follow an item that changes, at its commit', async () => {
    const set = (weight: unknown) =>
      database.query(
        { tenant },
        `update kindred.items set attributes = attributes || jsonb_build_object('weight', $1::jsonb) where item_id = 'item-00001'`,
        [JSON.stringify(weight)],
      );
    const filter = must(onField('weight', range({ gte: 50_000, lte: 50_001 })));
    const ids = async () => (await ask(filter)).hits.map(({ itemId }) => itemId);
    expect(await ids()).toEqual([]);
    await set(50_000.5);
    expect(await ids()).toEqual(['item-00001']);
    await set(items[1]!.attributes!.weight);
    expect(await ids()).toEqual([]);
  });

  /** Whether the facts that are asked for are among those of the item. */
  async function found(filter: Filter, attributes: Record<string, unknown>): Promise<boolean> {
    const nobody = new ItemSample(Array.from({ length: 10 }, () => ({})));
    const facts = filterFacts(filter, shop.collection, nobody)!;
    const params = new StatementParams();
    const any = anyOfSql(facts, { collection: params.add(1, 'int'), params });
    const item = params.add(JSON.stringify(attributes), 'jsonb');
    const text = `select kindred.item_facts(1, ${item}, '{}') && ${any} as has`;
    const [row] = await database.query<{ has: boolean }>({ tenant }, text, params.values);
    return row!.has;
  }

  async function missesNothing(field: string, value: fc.Arbitrary<unknown>, test: fc.Arbitrary<Test>): Promise<void> {
    const property = fc.asyncProperty(value, test, async (stored, asked) => {
      const filter = must(onField(field, asked));
      const attributes = { [field]: stored };
      if (!passes(filter, { itemId: 'any', title: '', attributes })) return;
      expect(await found(filter, attributes)).toBe(true);
    });
    await fc.assert(property, { numRuns: 300, seed: 5 });
  }

  const number = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.integer({ min: -5_000, max: 5_000 }),
    fc.integer({ min: -60, max: 60 }).chain((power) => fc.constantFrom(2 ** power, -(2 ** power), 2 ** power * 1.25)),
    fc.constantFrom(0, -0, 5e-324, -5e-324, Number.MAX_VALUE, -Number.MAX_VALUE),
  );

  it('miss no number that lies in its range', () => {
    const asked = fc.tuple(number, number, fc.constantFrom('gt', 'gte'), fc.constantFrom('lt', 'lte'), fc.boolean());
    const test = asked.map(([a, b, low, high, open]) =>
      range({ [low]: Math.min(a, b), ...(open ? {} : { [high]: Math.max(a, b) }) }),
    );
    return missesNothing('weight', fc.oneof(number, fc.array(number, { maxLength: 3 })), test);
  });

  it('miss no time that lies in its range, in whichever clock it is written', () => {
    const ms = fc.integer({ min: Date.UTC(1990, 0), max: Date.UTC(2040, 0) });
    const far = fc.constantFrom(Date.UTC(1, 0), Date.UTC(1500, 1), Date.UTC(9999, 11, 31));
    const close = fc.tuple(fc.oneof(ms, far), fc.integer({ min: -200_000_000, max: 200_000_000 }));
    const stored = close.chain(([at]) => fc.constantFrom(...spellings.slice(0, 3).map((spell) => spell(at))));
    const bounds = fc.tuple(fc.oneof(ms, far), fc.oneof(ms, far), fc.constantFrom(...spellings.slice(0, 3)));
    const test = bounds.map(([a, b, spell]) => range({ gte: spell(Math.min(a, b)), lte: spell(Math.max(a, b)) }));
    return missesNothing('released', stored, test);
  });

  it('miss no place in its circle or box', () => {
    const latitude = fc.oneof(fc.double({ min: -90, max: 90, noNaN: true }), fc.constantFrom(-90, 90, 0, 89.9));
    const longitude = fc.oneof(fc.double({ min: -180, max: 180, noNaN: true }), fc.constantFrom(-180, 180, 0, 179.99));
    const place = fc.tuple(longitude, latitude);
    const around = fc
      .tuple(latitude, longitude, fc.constantFrom(0, 1, 900, 40_000, 3e6, 2.1e7))
      .map(([lat, lon, meters]) => circle(lat, lon, meters));
    const within = fc
      .tuple(latitude, latitude, longitude, longitude)
      .map(([a, b, west, east]) => box([Math.min(a, b), west], [Math.max(a, b), east]));
    return missesNothing('place', place, fc.oneof(around, within));
  });
});
