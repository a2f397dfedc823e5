import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, hasPostgres, testDatabases } from '../../../test/support/databases.ts';
import type { Database } from './database.ts';
import { migrate } from './migrate.ts';
import { migrationFiles } from './migration-files.ts';
import { openDatabase } from './open-database.ts';
import { isEmbedded } from './pglite-database.ts';
import { withMigrator } from './postgres-database.ts';
import type { WireClient } from './wire-client.ts';

describe.runIf(hasPostgres())('migrate on postgres', () => {
  let url: string;
  let drop: () => Promise<void>;
  beforeAll(async () => {
    ({ url, drop } = await createTestDatabase({ empty: true }));
  });
  afterAll(() => drop());

  const sql = (text: string, values?: unknown[]) =>
    withMigrator(url, async (client) => (await client.query(text, values)).rows);

  it('is asked for by name when a service starts before it', async () => {
    await expect(openDatabase({ url })).rejects.toThrow('run `kindred migrate`');
  });

  it('applies every file once when several processes start at once', async () => {
    const reports = await Promise.all(Array.from({ length: 4 }, () => migrate({ url })));
    const files = (await migrationFiles()).map((file) => file.name);
    expect(reports.flatMap((report) => report.applied).sort()).toEqual(files);
    expect(await migrate({ url })).toMatchObject({ applied: [] });
    const database = await openDatabase({ url });
    expect(database.features).toMatchObject({
      vectorElement: 'halfvec',
      pgvector: expect.stringMatching(/^0\.\d+\.\d+/),
    });
    await database.close();
  });

  it('survives every file being run twice', async () => {
    for (const file of await migrationFiles()) {
      await sql(`set search_path = kindred, public; begin; ${file.sql}; commit`);
    }
  });

  it('refuses a file that was changed after it was applied, and a database that is behind', async () => {
    await sql("update kindred.schema_migrations set checksum = 'x' where version = 2");
    await expect(migrate({ url })).rejects.toThrow('0002_collections_and_items.sql was changed after it was applied');
    const newest = (await migrationFiles()).at(-1)!;
    await sql('delete from kindred.schema_migrations where version = $1', [newest.version]);
    await expect(openDatabase({ url })).rejects.toThrow('run `kindred migrate`');
    await sql('update kindred.schema_migrations set checksum = $1 where version = 2', [
      (await migrationFiles())[1]!.checksum,
    ]);
    expect(await migrate({ url })).toMatchObject({ applied: [newest.name] });
  });

  it('refuses a migration that is numbered below an applied one', async () => {
    await sql('insert into kindred.schema_migrations select 9999, $1, $1', ['later']);
    await sql('delete from kindred.schema_migrations where version = 3');
    await expect(migrate({ url })).rejects.toThrow('0003_users_and_interactions.sql comes too late');
  });

  it('refuses a pgvector that corrupts indexes, and says what to do', async () => {
    await sql("update pg_extension set extversion = '0.8.3' where extname = 'vector'");
    const message = /pgvector 0\.8\.3 corrupts HNSW.* needs 0\.8\.4.*alter extension vector update/;
    await expect(openDatabase({ url })).rejects.toThrow(message);
    await expect(migrate({ url })).rejects.toThrow(message);
  });
});

describe.runIf(hasPostgres())('migrate by a user who is no superuser', () => {
  const owner = 'kindred_test_owner';
  const login = 'kindred_test_login';
  let admin: string;
  let drop: () => Promise<void>;
  beforeAll(async () => {
    ({ url: admin, drop } = await createTestDatabase({ empty: true }));
    const database = new URL(admin).pathname.slice(1);
    await run(
      admin,
      `
      do $$ begin
        if not exists (select from pg_roles where rolname = '${owner}') then create role ${owner} login createrole; end if;
        if not exists (select from pg_roles where rolname = '${login}') then create role ${login} login; end if;
        if exists (select from pg_roles where rolname = 'kindred_service') then
          grant kindred_service, kindred_maintenance to ${owner} with admin true;
        end if;
      end $$;
      grant create on database ${database} to ${owner}`,
    );
  });
  afterAll(() => drop());

  const run = (url: string, text: string) => withMigrator(url, async (client) => (await client.query(text)).rows);
  const as = (user: string) => Object.assign(new URL(admin), { username: user }).href;

  it('says that a superuser must create the extension, then works', async () => {
    await expect(migrate({ url: as(owner) })).rejects.toThrow('run `create extension vector` as a superuser');
    await run(admin, 'create extension vector schema public');
    const report = await migrate({ url: as(owner) });
    expect(report.applied).toHaveLength((await migrationFiles()).length);
  });

  it('makes a schema that keeps tenants apart, where even its functions do not bypass row security', async () => {
    const database = await openDatabase({ url: as(owner) });
    await database.query({ tenant: 'a' }, "select create_vector_table('vectors_owned', 2, 'halfvec')");
    const add = "insert into users (tenant_id, user_id, revision) values (kindred.tenant(), 'u', 1)";
    await database.query({ tenant: 'a' }, add);
    expect(await database.query({ tenant: 'b' }, 'select * from users')).toEqual([]);
    expect(await database.query({ maintenance: 'list-tenants' }, 'select tenant_id from users')).toEqual([
      { tenant_id: 'a' },
    ]);
    await database.close();
  });

  it('tells how to let another login user run the services', async () => {
    await expect(openDatabase({ url: as(login) })).rejects.toThrow('grant kindred_service, kindred_maintenance to');
    await run(as(owner), `grant kindred_service, kindred_maintenance to ${login} with set true`);
    const database = await openDatabase({ url: as(login) });
    expect(await database.query({ tenant: 'b' }, 'select * from users')).toEqual([]);
    expect(await database.query({ maintenance: 'list-tenants' }, 'select tenant_id from users')).toHaveLength(1);
    await database.close();
    await run(as(owner), `revoke kindred_service, kindred_maintenance from ${login}`);
  });
});

describe('migrate on pglite', () => {
  const [pglite] = testDatabases().filter(({ name }) => name === 'pglite');
  let database: Database;
  beforeAll(async () => {
    database = await pglite!.open();
  });

  const asMigrator = (work: (client: WireClient) => Promise<unknown>) => {
    if (!isEmbedded(database)) throw new Error('not embedded');
    return database.connections.exclusively(async (client) => {
      await client.query('reset role');
      await work(client).finally(() => client.query('set role kindred_service'));
    });
  };

  it('has nothing to do the second time, and leaves services without rights to the schema', async () => {
    expect(await migrate(database)).toEqual({ applied: [], notices: [] });
    expect(await database.query({ tenant: 'a' }, 'select current_user as who')).toEqual([{ who: 'kindred_service' }]);
    expect(database.features).toMatchObject({ vectorElement: 'vector', textSearch: expect.any(String) });
  });

  it('survives every file being run twice', async () => {
    await asMigrator(async (client) => {
      for (const file of await migrationFiles()) {
        await client.query(`begin; ${file.sql}; commit`);
      }
    });
  });

  it('lets nobody in while the schema is behind, and everybody after it was migrated', async () => {
    const newest = (await migrationFiles()).at(-1)!;
    await asMigrator((client) =>
      client.query('delete from kindred.schema_migrations where version = $1', [newest.version]),
    );
    await asMigrator((client) => client.query("update kindred.schema_migrations set checksum = 'x' where version = 1"));
    await expect(migrate(database)).rejects.toThrow('was changed after it was applied');
    await expect(database.query({ tenant: 'a' }, 'select 1')).rejects.toThrow('run `kindred migrate`');
    const first = (await migrationFiles())[0]!;
    await asMigrator((client) =>
      client.query('update kindred.schema_migrations set checksum = $1 where version = 1', [first.checksum]),
    );
    expect(await migrate(database)).toMatchObject({ applied: [newest.name] });
    expect(await database.query({ tenant: 'a' }, 'select 1 as one')).toEqual([{ one: 1 }]);
  });
});
