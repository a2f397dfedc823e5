import { topics } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import { beforeAll, describe, expect, it } from 'vitest';
import { testDatabases } from '../../../../test/support/databases.ts';
import { delivered, RecordedMessaging } from '../../../../test/support/recorded-messaging.ts';
import { deleteCollection } from '../collections/collection.store.ts';
import { UserService } from './user.service.ts';

const tenant = 'default';

describe.each(testDatabases())('What datasets know of people on $name', ({ open }) => {
  let database: Database;
  let users: UserService;
  const rows = (text: string) => database.query({ tenant }, text);

  beforeAll(async () => {
    database = await open();
    users = new UserService(database, new RecordedMessaging());
    for (const name of ['shop', 'movies']) await addDataset(name);
  });

  /** A collection with a dataset of one item and four events, by a user, her session, another user and a stranger's session. */
  async function addDataset(name: string): Promise<void> {
    await rows(`insert into collections (tenant_id, name) values ('${tenant}', '${name}')`);
    const collection = `select collection_id from collections where name = '${name}'`;
    await rows(`insert into interactions (tenant_id, event_id, occurred_at, type, user_id, session_id, collection_id, item_id)
      select '${tenant}', '${name}-' || e.id, now(), 'click', e.user_id, e.session_id, (${collection}), '1'
      from (values ('이', '김', null), ('s', null, 'hers'), ('u', 'other', null), ('t', null, 'theirs')) e(id, user_id, session_id)`);
    await rows(`insert into datasets (tenant_id, name, collection_id, hash, items, interactions)
      values ('${tenant}', '${name}-1', (${collection}), 'x', 1, 4)`);
    const dataset = `select dataset_id from datasets where name = '${name}-1'`;
    await rows(`insert into dataset_items values ('${tenant}', (${dataset}), '1', 1)`);
    await rows(`insert into dataset_interactions select tenant_id, (${dataset}), event_id from interactions
      where collection_id = (${collection})`);
  }

  const members = async () =>
    (await rows('select event_id from dataset_interactions order by event_id')).map((row) => row.event_id);

  it('goes when a user is erased: her events, and those of her sessions, in every dataset', async () => {
    const tell = (value: object) => users.store(delivered(topics.users.name, [value]));
    await tell({ kind: 'identified', session_id: 'hers', user_id: '김' });
    await tell({ kind: 'deleted', user_id: '김', revision: 5 });
    expect(await members()).toEqual(['movies-t', 'movies-u', 'shop-t', 'shop-u']);
    expect(await rows('select count(*)::int as n from interactions')).toEqual([{ n: 4 }]);
  });

  it('goes with its collection, and with no other', async () => {
    await database.transaction({ tenant }, async (sql) => {
      const [shop] = await sql.query<{ id: number }>(`select collection_id as id from collections where name = 'shop'`);
      await deleteCollection(sql, 'shop', shop!.id);
    });
    expect(await members()).toEqual(['movies-t', 'movies-u']);
    expect(await rows('select item_id from dataset_items')).toHaveLength(1);
    expect(await rows('select name from datasets')).toEqual([{ name: 'movies-1' }]);
  });
});
