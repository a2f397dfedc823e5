import type { Database } from '@kindred/database';
import { Log } from '@kindred/runtime';
import { CollectionDirectory, type CollectionRow } from '@kindred/vector-index';
import { beforeAll, describe, expect, it } from 'vitest';
import { testDatabases } from '../../../test/support/databases.ts';
import { AskedFields } from './asked-fields.ts';

describe.each(testDatabases())('fields that searches are filtered by, on $name', ({ open }) => {
  let database: Database;
  beforeAll(async () => {
    database = await open();
  });

  async function shopOf(tenant: string): Promise<CollectionRow> {
    await database.query(
      { tenant },
      `insert into kindred.collections (tenant_id, name) values (kindred.tenant(), 'shop')`,
    );
    return (await new CollectionDirectory(database).list(tenant))[0]!;
  }

  /** What is written of these searches when the process ends. */
  async function ask(shop: CollectionRow, fields: readonly string[]) {
    const asked = new AskedFields(database, Log.silent());
    for (const field of fields) asked.note(shop, field);
    await asked.beforeApplicationShutdown();
    return database.query(
      { tenant: shop.tenant },
      'select field, searches::int, day = current_date as today from kindred.asked_fields order by field, day',
    );
  }

  it('are counted by field and day, by all processes together', async () => {
    const shop = await shopOf('counted');
    await ask(shop, ['brand', '색상', 'brand']);
    expect(await ask(shop, ['brand'])).toEqual([
      { field: 'brand', searches: 3, today: true },
      { field: '색상', searches: 1, today: true },
    ]);
  });

  it('are forgotten after four weeks', async () => {
    const shop = await shopOf('forgotten');
    await ask(shop, ['brand', 'color']);
    const age = (days: number, field: string) =>
      database.query({ tenant: shop.tenant }, 'update kindred.asked_fields set day = day - $1::int where field = $2', [
        days,
        field,
      ]);
    await age(28, 'brand');
    await age(27, 'color');
    expect(await ask(shop, ['size'])).toMatchObject([
      { field: 'color', today: false },
      { field: 'size', today: true },
    ]);
  });

  it('belong to their tenant', async () => {
    const [one, other] = [await shopOf('one'), await shopOf('other')];
    await ask(one, ['brand']);
    expect(await ask(other, ['color'])).toEqual([{ field: 'color', searches: 1, today: true }]);
  });
});
