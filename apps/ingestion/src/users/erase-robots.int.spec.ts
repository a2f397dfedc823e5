import { topics } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import { beforeAll, describe, expect, it } from 'vitest';
import { testDatabases } from '../../../../test/support/databases.ts';
import { delivered, RecordedMessaging } from '../../../../test/support/recorded-messaging.ts';
import { UserService } from './user.service.ts';

const tenant = 'default';

describe.each(testDatabases())('What was noted of robots on $name', ({ open }) => {
  let database: Database;

  beforeAll(async () => {
    database = await open();
  });

  it('goes when a user is erased: as themselves, and as their sessions, and of nobody else', async () => {
    const rows = (text: string) => database.query({ tenant }, text);
    await rows(`insert into collections (tenant_id, name) values ('${tenant}', 'shop')`);
    await rows(`insert into robots (tenant_id, collection_id, owner, events)
      select '${tenant}', c.collection_id, o.owner, 9000 from collections c, (values ('u김'), ('shers'), ('s김'), ('uhers'), ('u이')) o(owner)`);
    const users = new UserService(database, new RecordedMessaging());
    const tell = (value: object) => users.store(delivered(topics.users.name, [value]));
    await tell({ kind: 'identified', session_id: 'hers', user_id: '김' });
    await tell({ kind: 'deleted', user_id: '김', revision: 5 });
    const left = await rows('select owner from robots order by owner');
    expect(left.map(({ owner }) => owner)).toEqual(['s김', 'uhers', 'u이']);
  });
});
