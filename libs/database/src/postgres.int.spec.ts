import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, hasPostgres } from '../../../test/support/databases.ts';
import type { Database } from './database.ts';
import { openDatabase } from './open-database.ts';
import { withMigrator } from './postgres-database.ts';

describe.runIf(hasPostgres())('PostgreSQL driver', () => {
  let url: string;
  let drop: () => Promise<void>;
  let database: Database;
  const scope = { tenant: 'a' };
  beforeAll(async () => {
    ({ url, drop } = await createTestDatabase());
    database = await openDatabase({ url, poolSize: 3, applicationName: 'kindred spec' });
  });
  afterAll(async () => {
    await database.close();
    await drop();
  });

  const admin = (text: string, values?: unknown[]) =>
    withMigrator(url, async (client) => (await client.query(text, values)).rows);
  const activity = (state: string) =>
    admin(
      `select query from pg_stat_activity where datname = current_database() and application_name = 'kindred spec' and state = $1`,
      [state],
    );

  it('cancels the running statement in the server when its signal aborts, and keeps the connection', async () => {
    const before = await backends();
    const late = database.query({ ...scope, signal: AbortSignal.timeout(100) }, 'select pg_sleep(30)');
    await expect(late).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    await until(async () => (await activity('active')).length === 0);
    expect(await backends()).toEqual(before);
  });

  it('cancels inside a transaction too, and rolls it back', async () => {
    const signal = AbortSignal.timeout(100);
    const work = database.transaction({ ...scope, signal }, async (sql) => {
      await sql.query("insert into users (tenant_id, user_id, revision) values ('a', 'canceled', 1)");
      await sql.query('select pg_sleep(30)');
    });
    await expect(work).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    await until(async () => (await activity('active')).length === 0);
    expect(await database.query(scope, "select from users where user_id = 'canceled'")).toEqual([]);
    expect(await activity('idle in transaction')).toEqual([]);
  });

  it('never lets a cancel request hit the next caller', async () => {
    for (let round = 0; round < 40; round++) {
      const controller = new AbortController();
      const canceled = database.query({ ...scope, signal: controller.signal }, 'select pg_sleep(0.002)');
      setTimeout(() => controller.abort(), round % 5);
      const others = Promise.all([1, 2, 3].map((n) => database.query(scope, 'select $1::int as n', [n])));
      await canceled.catch(() => {});
      expect(await others).toEqual([[{ n: 1 }], [{ n: 2 }], [{ n: 3 }]]);
    }
  });

  it('names a statement that ran into its timeout a missed deadline', async () => {
    const short = { ...scope, settings: { statement_timeout: '50ms' } };
    await expect(database.query(short, 'select pg_sleep(30)')).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
  });

  it('reports lost connections as unavailable, survives them and connects again', async () => {
    const pending = database.query(scope, 'select pg_sleep(30)');
    const lost = expect(pending).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE', status: 'UNAVAILABLE' });
    await until(async () => (await activity('active')).length === 1);
    await terminate();
    await lost;
    await until(() =>
      database.query(scope, 'select 1').then(
        () => true,
        () => false,
      ),
    );
    expect(await database.query(scope, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('rolls back and reports a transaction whose connection is lost between two statements', async () => {
    const work = database.transaction(scope, async (sql) => {
      await sql.query("insert into users (tenant_id, user_id, revision) values ('a', 'lost', 1)");
      await terminate();
      await sleep(50);
    });
    await expect(work).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    await until(() =>
      database.query(scope, 'select 1').then(
        () => true,
        () => false,
      ),
    );
    expect(await database.query(scope, "select from users where user_id = 'lost'")).toEqual([]);
  });

  it('listens again after a lost connection, and calls back once for what may have been missed', async () => {
    const heard: string[] = [];
    const stop = await database.listen('kindred_spec', (payload) => heard.push(payload));
    await database.query(scope, "select pg_notify('kindred_spec', 'before')");
    await until(async () => heard.length === 1);
    await admin(`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and application_name = 'kindred spec listen'`);
    await until(async () => heard.length === 2);
    await database.query(scope, "select pg_notify('kindred_spec', 'after')");
    await until(async () => heard.length === 3);
    expect(heard).toEqual(['before', '', 'after']);
    await stop();
  });

  it('prepares repeated statements once per connection, and survives a change of their table', async () => {
    const text = 'select * from sessions';
    const own = await openDatabase({ url, poolSize: 1 });
    for (let round = 0; round < 6; round++) await own.query(scope, text);
    const prepared = 'select count(*) as n from pg_prepared_statements where statement = $1';
    expect(await own.query(scope, prepared, [text])).toEqual([{ n: 1n }]);
    await admin('alter table kindred.sessions add column later int');
    expect(await own.query(scope, text)).toEqual([]);
    await admin('alter table kindred.sessions drop column later');
    const work = own.transaction(scope, (sql) => sql.query(text));
    await expect(work).rejects.toMatchObject({ code: '0A000' });
    expect(await own.transaction(scope, (sql) => sql.query(text))).toEqual([]);
    await own.close();
  });

  it('starts every session as the service, whatever the URL asks for', async () => {
    const asked = new URL(url);
    asked.searchParams.set('options', '-c role=postgres -c work_mem=7MB -c search_path=public -c timezone=Asia/Seoul');
    const own = await openDatabase({ url: asked.href, poolSize: 1 });
    const text = `select current_user as who, current_setting('search_path') as path, current_setting('work_mem') as mem,
      current_setting('statement_timeout') as timeout, current_setting('timezone') as zone`;
    expect(await own.query(scope, text)).toEqual([
      { who: 'kindred_service', path: 'kindred,public', mem: '7MB', timeout: '1min', zone: 'UTC' },
    ]);
    await own.close();
  });

  it('says plainly that a server or an address is wrong', async () => {
    const nobody = openDatabase({ url: 'postgres://postgres@127.0.0.1:1/postgres' });
    await expect(nobody).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    await expect(openDatabase({ url: 'localhost:5432' })).rejects.toThrow('DATABASE_URL is not of the form');
  });

  async function backends() {
    const rows = await Promise.all(
      [1, 2, 3].map(() => database.query<{ pid: number }>(scope, 'select pg_backend_pid() as pid, pg_sleep(0.05)')),
    );
    return rows.map(([row]) => row!.pid).sort();
  }

  async function terminate() {
    await admin(`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and application_name = 'kindred spec'`);
  }
});

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (let waited = 0; waited < 10_000; waited += 20) {
    if (await condition()) return;
    await sleep(20);
  }
  throw new Error('waited for 10 s in vain');
}
