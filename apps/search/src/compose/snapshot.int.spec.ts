import type { Database } from '@kindred/database';
import { CollectionDirectory, SearchSnapshot } from '@kindred/vector-index';
import { beforeAll, describe, expect, it } from 'vitest';
import { hasPostgres, testDatabases } from '../../../../test/support/databases.ts';
import { ComposedShop, devices, text, where } from './composed-shop.fake.spec.ts';

const mixed = {
  mix: {
    parts: [
      { by: text('wireless mouse'), weight: 1 },
      { by: text('device'), weight: 0.5 },
    ],
  },
  boosts: [{ weight: 1, value: { $case: 'filter' as const, value: where('brand', 'LG') } }],
};

// PGlite has one session: a writer waits for the reader, so there is nothing to see.
describe.skipIf(!hasPostgres())('the snapshot of a composed query', () => {
  const [postgres] = testDatabases().filter(({ name }) => name === 'postgres');
  let database: Database;
  let shop: ComposedShop;
  const tenant = 'snapshot';
  const change = (sql: string) => database.query({ tenant }, sql);

  beforeAll(async () => {
    database = await postgres!.open();
    shop = new ComposedShop(database, tenant);
    await shop.stock('shop', devices().slice(0, 60));
  });

  it('reads items as they were at its first statement, whatever is written meanwhile', async () => {
    const collection = await new CollectionDirectory(database).get(tenant, 'shop');
    let write = () => {};
    const begun = new Promise<void>((resolve) => (write = resolve));
    // Made out here: inside the transaction another call is refused.
    const written = begun.then(() =>
      change(`update kindred.items set title = 'later', deleted = true where item_id = 'd002'`),
    );
    const titles = await SearchSnapshot.open(database, { tenant }, async (snapshot) => {
      const first = await snapshot.items(collection, ['d002']);
      write();
      await written;
      return [first, await snapshot.items(collection, ['d002'])].map((items) => items.get('d002')!.title);
    });
    expect(titles[1]).toBe(titles[0]);
    expect(titles[0]).not.toBe('later');
    const [row] = await database.query({ tenant }, `select title from kindred.items where item_id = 'd002'`);
    expect(row).toEqual({ title: 'later' });
  });

  it('gives whole answers while everything is rewritten', async () => {
    let writing = true;
    const writer = (async () => {
      for (let round = 0; writing && round < 500; round++) {
        await change(`update kindred.items set price = ${round}, hidden = (item_id > 'd050') = (${round} % 2 = 0)
          where item_id > 'd010'`);
      }
    })();
    for (let round = 0; round < 20; round++) {
      const { hits } = await shop.ask({ ...mixed, limit: 60 });
      for (const { item, scores } of hits) {
        // Found visible, shown visible: one price for all that the writer touches at once.
        expect(item).toMatchObject({ hidden: false });
        expect(scores).toHaveProperty('boost');
      }
      const prices = hits.filter(({ itemId }) => itemId > 'd010').map(({ item }) => item!.price);
      expect(new Set(prices).size).toBeLessThanOrEqual(1);
    }
    writing = false;
    await writer;
  });
});
