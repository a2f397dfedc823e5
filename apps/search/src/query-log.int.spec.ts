import type { Database } from '@kindred/database';
import { Log } from '@kindred/runtime';
import { CollectionDirectory } from '@kindred/vector-index';
import { beforeAll, describe, expect, it } from 'vitest';
import { testDatabases } from '../../../test/support/databases.ts';
import { QueryLog } from './query-log.ts';

describe.each(testDatabases())('the log of queries on $name', ({ open }) => {
  let database: Database;
  beforeAll(async () => {
    database = await open();
  });

  /** How many of the requests, asked at once, the log of a new shop has kept when it ends. */
  async function keptOf(tenant: string, requests: number): Promise<number> {
    await database.query(
      { tenant },
      `insert into kindred.collections (tenant_id, name) values (kindred.tenant(), 'shop')`,
    );
    const log = new QueryLog(database, new CollectionDirectory(database), Log.silent(), true);
    for (let at = 0; at < requests; at++) log.note({ tenant, requestId: `r${at}` }, 'shop', `마우스 ${at}`);
    await log.beforeApplicationShutdown();
    const [row] = await database.query<{ kept: bigint }>(
      { tenant },
      'select count(*) as kept from kindred.asked_requests',
    );
    return Number(row!.kept);
  }

  it('writes early what comes fast, so that clicks find their requests', async () => {
    expect(await keptOf('fast', 350)).toBe(350);
  });

  it('leaves out what comes faster than it can be written', async () => {
    expect(await keptOf('faster', 5_000)).toBe(400);
  });
});
