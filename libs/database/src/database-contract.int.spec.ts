import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { testDatabases } from '../../../test/support/databases.ts';
import type { Database, Scope } from './database.ts';
import { deferred } from './deferred.ts';

describe.each(testDatabases())('Database on $name', ({ open }) => {
  let database: Database;
  beforeAll(async () => {
    database = await open();
  });

  const scopeOf = (tenant: string = randomUUID()): Scope & { tenant: string } => ({ tenant });
  const addUser = 'insert into users (tenant_id, user_id, revision) values (kindred.tenant(), $1, 1)';
  const userIds = async (scope: Scope) => {
    const rows = await database.query<{ user_id: string }>(scope, 'select user_id from users order by user_id');
    return rows.map((row) => row.user_id);
  };

  it('commits what a transaction did when its work resolves', async () => {
    const scope = scopeOf();
    const result = await database.transaction(scope, async (sql) => {
      await sql.query(addUser, ['u1']);
      await sql.query(addUser, ['u2']);
      return 'done';
    });
    expect(result).toBe('done');
    expect(await userIds(scope)).toEqual(['u1', 'u2']);
  });

  it('rolls everything back when the work throws', async () => {
    const scope = scopeOf();
    const work = database.transaction(scope, async (sql) => {
      await sql.query(addUser, ['u1']);
      throw new Error('changed my mind');
    });
    await expect(work).rejects.toThrow('changed my mind');
    expect(await userIds(scope)).toEqual([]);
  });

  it('refuses to commit when the work has ignored a failed statement', async () => {
    const scope = scopeOf();
    const work = database.transaction(scope, async (sql) => {
      await sql.query(addUser, ['u1']);
      await sql.query('select 1/0').catch(() => {});
    });
    await expect(work).rejects.toThrow('Nothing was committed');
    expect(await userIds(scope)).toEqual([]);
  });

  it('refuses a statement that comes after the end of its transaction', async () => {
    let late: (() => Promise<unknown>) | undefined;
    await database.transaction(scopeOf(), async (sql) => {
      late = () => sql.query('select 1');
    });
    await expect(late!()).rejects.toThrow('The transaction has ended');
  });

  it('refuses a call inside a transaction instead of waiting for itself', async () => {
    const scope = scopeOf();
    const work = database.transaction(scope, () => database.query(scope, 'select 1'));
    await expect(work).rejects.toThrow('Inside a transaction use the Sql it was given');
    expect(await database.query(scope, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('surfaces the first error of a transaction that failed to begin', async () => {
    const scope = { ...scopeOf(), settings: { work_mem: 'not a size' } };
    await expect(database.query(scope, 'select 1')).rejects.toThrow('work_mem');
    const work = database.transaction(scope, (sql) => sql.query('select 1'));
    await expect(work).rejects.toThrow('work_mem');
    await expect(database.query(scopeOf(), 'select 1 as one')).resolves.toEqual([{ one: 1 }]);
  });

  it('keeps tenants apart', async () => {
    const [mine, theirs] = [scopeOf(), scopeOf()];
    await database.query(mine, addUser, ['u1']);
    expect(await userIds(theirs)).toEqual([]);
    await database.query(theirs, 'update users set attributes = \'{"seen":true}\'');
    await database.query(theirs, 'delete from users');
    expect(await database.query(mine, 'select user_id, attributes from users')).toEqual([
      { user_id: 'u1', attributes: {} },
    ]);
    const forged = database.query(theirs, "insert into users (tenant_id, user_id, revision) values ($1, 'x', 1)", [
      mine.tenant,
    ]);
    await expect(forged).rejects.toMatchObject({ code: '42501' });
  });

  it('takes a quote and a backslash in a tenant as they are', async () => {
    const scope = scopeOf('o\'\\"; drop table users; --');
    expect(await database.query(scope, 'select kindred.tenant() as tenant')).toEqual([{ tenant: scope.tenant }]);
  });

  it('lets only listed maintenance jobs see all tenants, and only inside their transaction', async () => {
    const [one, two] = [scopeOf(), scopeOf()];
    await database.query(one, addUser, ['u']);
    await database.query(two, addUser, ['u']);
    const text = 'select tenant_id from users where tenant_id = any($1) order by tenant_id';
    const rows = await database.query<{ tenant_id: string }>({ maintenance: 'list-tenants' }, text, [
      [one.tenant, two.tenant],
    ]);
    expect(rows.map((row) => row.tenant_id)).toEqual([one.tenant, two.tenant].sort());
    expect(await database.query(scopeOf(), 'select current_user as who')).toEqual([{ who: 'kindred_service' }]);
    const unlisted = { maintenance: 'look-around' } as unknown as Scope;
    await expect(database.query(unlisted, 'select 1')).rejects.toThrow('not a maintenance job');
    await expect(database.query({ tenant: '' }, 'select 1')).rejects.toThrow('needs a tenant');
  });

  it('keeps settings inside their transaction', async () => {
    const shown = "select current_setting('hnsw.ef_search') as ef, current_setting('hnsw.iterative_scan') as scan";
    const settings = { 'hnsw.ef_search': '123', 'hnsw.iterative_scan': 'strict_order' };
    await database.query(scopeOf(), 'select null::vector');
    expect(await database.query({ ...scopeOf(), settings }, shown)).toEqual([{ ef: '123', scan: 'strict_order' }]);
    expect(await database.query(scopeOf(), shown)).toEqual([{ ef: '40', scan: 'relaxed_order' }]);
  });

  it.each(['role', 'app.tenant', 'row_security', 'x; drop table users', 'Search_path'])(
    'refuses the setting %s',
    async (name) => {
      const scope = { ...scopeOf(), settings: { [name]: 'x' } };
      await expect(database.query(scope, 'select 1')).rejects.toThrow('Not a setting that a scope may change');
    },
  );

  it('refuses writes in a read-only scope', async () => {
    const scope = { ...scopeOf(), readOnly: true };
    await expect(database.query(scope, addUser, ['u'])).rejects.toMatchObject({ code: '25006' });
  });

  it('rejects a statement whose transaction fails as it commits', async () => {
    const a = scopeOf();
    await database.query(a, 'create temp table deferred_keys (id int primary key deferrable initially deferred)');
    const twice = database.query(a, 'insert into deferred_keys values (1), (1) returning id');
    await expect(twice).rejects.toMatchObject({ code: '23505' });
    expect(await database.query(a, 'select id from deferred_keys')).toEqual([]);
    await database.query(a, 'drop table deferred_keys');
  });

  it('leaves a failed statement behind without a trace', async () => {
    const scope = scopeOf();
    for (let round = 0; round < 5; round++) {
      await expect(database.query(scope, 'select 1/$1::int', [0])).rejects.toMatchObject({ code: '22012' });
      await expect(database.query(scope, 'selec 1')).rejects.toMatchObject({ code: '42601' });
    }
    const state = "select nullif(current_setting('app.tenant'), '') as tenant, txid_current_if_assigned() as xid";
    const next = scopeOf();
    expect(await database.query(next, state)).toEqual([{ tenant: next.tenant, xid: null }]);
  });

  it('runs many calls at once, each in its own tenant', async () => {
    const scopes = Array.from({ length: 60 }, () => scopeOf());
    const answers = await Promise.all(
      scopes.map(async (scope, index) => {
        if (index % 3 === 0)
          return database.transaction(scope, (sql) => sql.query('select kindred.tenant() as tenant'));
        if (index % 3 === 1) await database.query(scope, 'select 1/0').catch(() => {});
        return database.query(scope, 'select kindred.tenant() as tenant');
      }),
    );
    expect(answers.map(([row]) => row?.tenant)).toEqual(scopes.map((scope) => scope.tenant));
  });

  it('runs the statements of one transaction in the order they were sent', async () => {
    const rows = await database.transaction(scopeOf(), (sql) =>
      Promise.all([
        sql.query("select set_config('app.step', '1', true)"),
        sql.query("select current_setting('app.step') as step"),
      ]),
    );
    expect(rows[1]).toEqual([{ step: '1' }]);
  });

  it('tells listeners about committed notifications only, until they stop listening', async () => {
    const heard: string[] = [];
    const channel = 'Some "channel"';
    const stop = await database.listen(channel, (payload) => heard.push(payload));
    const notify = 'select pg_notify($1, $2)';
    await database.query(scopeOf(), notify, [channel, 'one']);
    const undone = database.transaction(scopeOf(), async (sql) => {
      await sql.query(notify, [channel, 'never']);
      throw new Error('no');
    });
    await expect(undone).rejects.toThrow('no');
    await database.query(scopeOf(), notify, [channel, '둘']);
    await until(() => heard.length >= 2);
    await stop();
    await database.query(scopeOf(), notify, [channel, 'late']);
    await sleep(50);
    expect(heard).toEqual(['one', '둘']);
  });

  it('rejects at the abort of its signal and works on afterwards', async () => {
    const slow = 'select count(*) from generate_series(1, 300000) a, generate_series(1, 2) b where a % 7 = b';
    const started = AbortSignal.timeout(5);
    const expected = { code: 'DEADLINE_EXCEEDED', status: 'DEADLINE_EXCEEDED' };
    await expect(database.query({ ...scopeOf(), signal: started }, slow)).rejects.toMatchObject(expected);
    const before = { ...scopeOf(), signal: AbortSignal.abort() };
    await expect(database.query(before, 'select 1')).rejects.toMatchObject(expected);
    await expect(database.transaction(before, async () => 1)).rejects.toMatchObject(expected);
    const answers = await Promise.all(Array.from({ length: 20 }, () => database.query(scopeOf(), 'select 1 as one')));
    expect(answers.flat()).toEqual(Array(20).fill({ one: 1 }));
  });

  it('rolls a transaction back whose signal aborts while it works', async () => {
    const controller = new AbortController();
    const scope = scopeOf();
    const work = database.transaction({ ...scope, signal: controller.signal }, async (sql) => {
      await sql.query(addUser, ['u1']);
      controller.abort();
      await sql.query(addUser, ['u2']);
    });
    await expect(work).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    expect(await userIds(scope)).toEqual([]);
  });

  it('forgets a call whose signal aborts while it waits for its turn', async () => {
    const gate = deferred<void>();
    const scope = scopeOf();
    const holders = Array.from({ length: 6 }, () => database.transaction(scopeOf(), () => gate.promise));
    const waiting = database.query({ ...scope, signal: AbortSignal.timeout(20) }, addUser, ['u1']);
    await expect(waiting).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    gate.resolve();
    await Promise.all(holders);
    expect(await userIds(scope)).toEqual([]);
  });
});

async function until(condition: () => boolean): Promise<void> {
  for (let waited = 0; !condition() && waited < 5000; waited += 10) await sleep(10);
}
