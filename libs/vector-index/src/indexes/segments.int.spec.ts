import type { Database } from '@kindred/database';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { testDatabases } from '../../../../test/support/databases.ts';
import { deleteVectors } from '../models/vector.store.ts';
import { attribute, Shop } from '../shop.fake.spec.ts';
import { buildIndex } from './build-index.ts';
import { foldRecent } from './fold-recent.ts';
import { examineIndex, separate } from './keep-index.ts';
import { seeded } from './library.fake.spec.ts';
import type { Segment } from './segments.ts';

const brands = ['acme', '에이스', "o'neil"];
const of = (field: string, values: Segment['value'][]) => values.map((value) => ({ field, value, rows: 0 }));
/** What an index may be built for, one after the other. */
const declared: Segment[][] = [
  of('brand', brands),
  [...of('@under', ['tools', 'toys']), ...of('brand', ['acme'])],
  [],
  of('sale', [true]),
];

const spec = (segments: Segment[]) =>
  ({
    method: 'hnsw',
    element: 'halfvec',
    distance: 'inner_product',
    m: 4,
    efConstruction: 16,
    recent: true,
    segments,
  }) as const;

describe.each(testDatabases())('segments on $name', ({ name, open }) => {
  let database: Database;
  beforeAll(async () => {
    database = await open();
  });

  const items = (count: number, seed: number) => {
    const random = seeded(seed);
    const pick = <One>(all: One[]) => all[Math.floor(random() * all.length)]!;
    return Array.from({ length: count }, (_, at) => ({
      itemId: `i${at}`,
      title: `item ${at} ${at % 7} ${pick(['a', 'b', 'c'])}`,
      categories: [['tools'], ['toys'], ['tools', 'toys'], []][at % 4]!,
      attributes: { brand: pick([...brands, 'other']), sale: random() < 0.5 },
    }));
  };

  async function opened(tenant: string, count = 60): Promise<Shop> {
    const attributes = [attribute('brand', 'keyword'), attribute('sale', 'boolean')];
    const shop = await Shop.open(database, tenant, attributes, { kind: 'hnsw' });
    await shop.put(items(count, 1));
    return shop;
  }

  const vectorsOf = ({ tenant, collection, model }: Shop) => ({ tenant, collectionId: collection.collectionId, model });
  const partitionOf = async (shop: Shop) =>
    (await examineIndex(database, vectorsOf(shop))).oid ?? (await separate(database, vectorsOf(shop)))!;
  const build = async (shop: Shop, segments: Segment[]) => {
    const element = database.features.vectorElement;
    return buildIndex(database, vectorsOf(shop), { ...spec(segments), element }, await partitionOf(shop));
  };

  /** Vectors whose segments are not what their item says, by the facts that the partition's indexes have in the catalog. */
  const wrong = async (shop: Shop): Promise<string[]> => {
    const { table } = shop.model;
    const { collectionId } = shop.collection;
    const { index } = await examineIndex(database, vectorsOf(shop));
    const facts = index?.segments?.map(({ fact }) => fact) ?? [];
    const rows = await database.query<{ item_id: string }>(
      { tenant: shop.tenant },
      `select v.item_id from kindred.${table} v
         left join kindred.items i on (i.tenant_id, i.collection_id, i.item_id) = (v.tenant_id, v.collection_id, v.item_id)
        where v.collection_id = $1 and not i.deleted
          and v.segments is distinct from kindred.segments_of($1, i.attributes, i.categories, $2::text[]::bigint[])`,
      [collectionId, facts],
    );
    return rows.map((row) => row.item_id);
  };
  const segmentsOf = async (shop: Shop, itemId: string) => {
    const [row] = await database.query<{ segments: number; recent: boolean; at: Date }>(
      { tenant: shop.tenant },
      `select coalesce(cardinality(segments), 0) as segments, recent, embedded_at as at from kindred.${shop.model.table}
        where collection_id = $1 and item_id = $2`,
      [shop.collection.collectionId, itemId],
    );
    return row;
  };
  const set = (shop: Shop, change: string, itemId: string) =>
    database.query(
      { tenant: shop.tenant },
      `update kindred.items set ${change} where collection_id = $1 and item_id = $2`,
      [shop.collection.collectionId, itemId],
    );
  const branded = (brand: string) => `attributes = attributes || '${JSON.stringify({ brand }).replaceAll("'", "''")}'`;

  it('are those of the item, from its facts that have a graph, also of lists', async () => {
    const shop = await opened('facts');
    expect(await build(shop, declared[1]!)).toBe(true);
    const { index } = await examineIndex(database, vectorsOf(shop));
    const built = index!.segments!.map(({ field, value, rows }) => ({ field, value, rows }));
    const withBrand = items(60, 1).filter((one) => one.attributes.brand === 'acme').length;
    expect(built).toEqual([
      { field: '@under', value: 'tools', rows: 30 },
      { field: '@under', value: 'toys', rows: 30 },
      { field: 'brand', value: 'acme', rows: withBrand },
    ]);
    expect(await wrong(shop)).toEqual([]);
    await shop.put(items(80, 2));
    expect(await wrong(shop)).toEqual([]);
    expect((await segmentsOf(shop, 'i74'))!.segments).toBeGreaterThanOrEqual(2);
  });

  it('follow a change of an attribute at its commit, and nothing else moves a vector', async () => {
    const shop = await opened('moves');
    await build(shop, declared[0]!);
    await set(shop, branded('acme'), 'i3');
    const before = await segmentsOf(shop, 'i3');
    await set(shop, 'price = 3, stock = 1, hidden = true', 'i3');
    await set(shop, `attributes = attributes || '{"sale": true, "note": "new"}', categories = '{other}'`, 'i3');
    expect(await segmentsOf(shop, 'i3')).toEqual(before);
    await set(shop, branded('nobody'), 'i3');
    expect(await segmentsOf(shop, 'i3')).toMatchObject({ segments: 0, recent: true });
    await set(shop, branded("o'neil"), 'i3');
    expect(await segmentsOf(shop, 'i3')).toMatchObject({ segments: 1 });
    await set(shop, 'deleted = true', 'i3');
    await set(shop, `deleted = true, ${branded('acme')}`, 'i3');
    await set(shop, 'deleted = false', 'i3');
    expect(await wrong(shop)).toEqual([]);
  });

  it('go with their index, and are followed by nobody then', async () => {
    const shop = await opened('dropped');
    const followed = () => database.query({ tenant: 'dropped' }, 'select facts, next from kindred.vector_segments');
    await build(shop, declared[0]!);
    expect(await followed()).toHaveLength(1);
    await build(shop, []);
    expect(await followed()).toEqual([]);
    expect((await examineIndex(database, vectorsOf(shop))).index!.segments).toEqual([]);
    expect(await wrong(shop)).toEqual([]);
  });

  it('are right whatever was written, moved and built in which order', { timeout: 120_000 }, async () => {
    const at = fc.integer({ min: 0, max: 69 });
    const step = fc.oneof(
      { arbitrary: fc.record({ do: fc.constant('brand'), at, of: fc.integer({ min: 0, max: 3 }) }), weight: 3 },
      fc.record({ do: fc.constant('put'), at, of: fc.integer({ min: 0, max: 99 }) }),
      fc.record({ do: fc.constantFrom('delete', 'back', 'categories'), at, of: fc.integer({ min: 0, max: 3 }) }),
      fc.record({ do: fc.constant('build'), at: fc.constant(0), of: fc.integer({ min: 0, max: 3 }) }),
      fc.record({ do: fc.constant('killed'), at, of: fc.integer({ min: 0, max: 3 }) }),
    );
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 10 }), async (steps) => {
        const shop = await opened(`any ${run++}`);
        for (const one of steps) {
          const id = `i${one.at}`;
          if (one.do === 'brand') await set(shop, branded([...brands, 'other'][one.of]!), id);
          else if (one.do === 'categories')
            await set(shop, `categories = '{${['tools', 'toys', 'tools,toys', ''][one.of]}}'`, id);
          else if (one.do === 'put') await shop.put(items(70, one.of).slice(one.at, one.at + 5));
          else if (one.do === 'delete') await set(shop, 'deleted = true', id);
          else if (one.do === 'back') await set(shop, 'deleted = false', id);
          else if (one.do === 'build') await build(shop, declared[one.of]!);
          else await killed(shop, declared[one.of]!, () => set(shop, branded('acme'), id));
        }
        expect(await wrong(shop)).toEqual([]);
      }),
      { numRuns: name === 'pglite' ? 8 : 25 },
    );
  });

  /** A build that ends once its copy is filled; what changes afterwards is for the next. */
  async function killed(shop: Shop, segments: Segment[], after: () => Promise<unknown>) {
    const element = database.features.vectorElement;
    const seen = await partitionOf(shop);
    const onStep = () => {
      throw new Error('killed');
    };
    await buildIndex(database, vectorsOf(shop), { ...spec(segments), element }, seen, onStep).catch(() => undefined);
    await after();
  }

  it.skipIf(name === 'pglite')(
    'stay right while others write, and indexes are built',
    { timeout: 180_000 },
    async () => {
      const shop = await opened('racing', 200);
      await build(shop, declared[0]!);
      let done = false;
      const random = seeded(5);
      const some = (most: number) => Math.floor(random() * most);
      const until = async (work: () => Promise<unknown>) => {
        while (!done) await work();
      };
      const writers = [
        until(() => set(shop, branded([...brands, 'other'][some(4)]!), `i${some(220)}`)),
        until(() => set(shop, branded([...brands, 'other'][some(4)]!), `i${some(220)}`)),
        until(() =>
          set(
            shop,
            `categories = '{${['tools', 'toys', ''][some(3)]}}', attributes = attributes || '{"sale": ${some(2) === 0}}'`,
            `i${some(220)}`,
          ),
        ),
        until(() => set(shop, `deleted = ${some(3) === 0}, price = ${some(9)}`, `i${some(220)}`)),
        until(() => shop.revector(Array.from({ length: 8 }, () => `i${some(220)}`))),
        until(() => shop.revector(Array.from({ length: 8 }, () => `i${some(220)}`))),
        until(() =>
          database.transaction({ tenant: shop.tenant }, (sql) =>
            deleteVectors(sql, shop.model, shop.collection.collectionId, [`i${some(220)}`]),
          ),
        ),
        until(() => foldRecent(database, vectorsOf(shop), 0)),
      ];
      try {
        await shop.put(items(220, 3).slice(200));
        for (let round = 0; round < 12; round++) {
          expect(await build(shop, declared[round % declared.length]!)).toBe(true);
          expect(await wrong(shop), `after build ${round}`).toEqual([]);
        }
      } finally {
        done = true;
        await Promise.all(writers);
      }
      expect(await wrong(shop)).toEqual([]);
    },
  );
});
