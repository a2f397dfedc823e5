import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from './database.ts';
import { refuseUnfit } from './features.ts';
import { type MigrationFile, migrationFiles } from './migration-files.ts';
import { type DatabaseOptions, openEmbedded } from './open-database.ts';
import { isEmbedded, migrateEmbedded } from './pglite-database.ts';
import { withMigrator } from './postgres-database.ts';
import { mapError, sqlState } from './sql-error.ts';
import type { WireClient } from './wire-client.ts';

export interface MigrationReport {
  /** Names of the migrations that were applied now. */
  applied: string[];
  /** What works, but not as well as it could, and what to do about it. */
  notices: string[];
}

/** "kindred" as a number: the advisory lock of everybody who migrates this database. */
const lockKey = 30228269420340580n;
/** Roles belong to the whole server: two databases migrated at once meet there. */
const attempts = 8;

/**
 * Brings the schema up to date, as the user of the URL (who must own the schema, and may create roles or have the two
 * kindred roles granted). Safe to run from several processes at once and again at any time. An embedded database is
 * migrated in place when it is open, else opened for it and closed again.
 */
export async function migrate(target: DatabaseOptions | Database): Promise<MigrationReport> {
  if ('query' in target) {
    if (!isEmbedded(target)) throw new TypeError('Migrate PostgreSQL by its URL: an open Database acts as a service');
    return migrateEmbedded(target, migrateWith);
  }
  if (target.url !== undefined) return withMigrator(target.url, migrateWith);
  const database = await openEmbedded(target);
  try {
    return await migrateEmbedded(database, migrateWith);
  } finally {
    await database.close();
  }
}

async function migrateWith(client: WireClient): Promise<MigrationReport> {
  const files = await migrationFiles();
  const report: MigrationReport = { applied: [], notices: [] };
  await locked(client, () => prepare(client, report));
  await refuseUnfit(client);
  for (const file of files) {
    const applied = await locked(client, () => apply(client, file));
    if (applied) report.applied.push(file.name);
  }
  return report;
}

/** A transaction under the lock; tried again when another database's migration touched the same roles. */
async function locked<Result>(client: WireClient, work: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      await client.query('begin; set local statement_timeout = 0; set local search_path = kindred, public');
      await client.query({ text: 'select pg_advisory_xact_lock($1)', values: [String(lockKey)] });
      const result = await work();
      await client.query('commit');
      return result;
    } catch (error) {
      await client.query('rollback').catch(() => {}); // the first error tells why
      if (attempt >= attempts || !isRoleRace(error)) throw mapError(error);
      await sleep(50 * attempt);
    }
  }
}

function isRoleRace(error: unknown): boolean {
  const { message, table } = error as { message: string; table?: string };
  const sharedRow = table?.startsWith('pg_auth') || message.startsWith('tuple concurrently');
  return ['XX000', '23505', '42710'].includes(sqlState(error)) && (sharedRow || sqlState(error) === '42710');
}

async function prepare(client: WireClient, report: MigrationReport): Promise<void> {
  await createSchema(client);
  await createVector(client);
  await createTextSearch(client, report);
}

/** Asked before: `create … if not exists` wants the privilege even where the thing exists. */
async function createSchema(client: WireClient): Promise<void> {
  const { rows } = await client.query(
    "select to_regnamespace('kindred') is null as schema, to_regclass('kindred.schema_migrations') is null as history",
  );
  if (rows[0].schema) await client.query('create schema kindred');
  if (rows[0].history) {
    await client.query(`create table kindred.schema_migrations (
      version int primary key,
      name text not null,
      checksum text not null,
      applied_at timestamptz not null default now()
    )`);
  }
}

async function createVector(client: WireClient): Promise<void> {
  const { rows } = await client.query("select from pg_extension where extname = 'vector'");
  if (rows.length > 0) return;
  try {
    await client.query('create extension vector schema public');
  } catch (error) {
    throw new Error(
      `${(error as Error).message}: install pgvector 0.8.4 or later, and run \`create extension vector\` as a superuser`,
      {
        cause: error,
      },
    );
  }
}

async function createTextSearch(client: WireClient, report: MigrationReport): Promise<void> {
  const { rows } = await client.query(`select
    exists (select from pg_extension where extname = 'pg_textsearch') as created,
    exists (select from pg_available_extensions where name = 'pg_textsearch') as available,
    current_setting('pg_textsearch.library_version', true) is not null as loaded`);
  const { created, available, loaded } = rows[0];
  const slower = 'text search falls back to stock PostgreSQL, slower on large collections';
  if (!available) report.notices.push(`pg_textsearch is not installed: ${slower}`);
  else if (!loaded) report.notices.push(`pg_textsearch is not in shared_preload_libraries: ${slower}`);
  if (created || !available || !loaded) return;
  await client.query('savepoint text_search');
  try {
    await client.query('create extension pg_textsearch schema public');
  } catch (error) {
    if (sqlState(error) !== '42501') throw error;
    await client.query('rollback to text_search');
    report.notices.push(`Run \`create extension pg_textsearch\` as a superuser: until then ${slower}`);
  }
}

/** False when it was applied before. Locks of its own wait 30 s at most, so that services are not held up behind it. */
async function apply(client: WireClient, file: MigrationFile): Promise<boolean> {
  const { rows } = await client.query<{ version: number; checksum: string }>(
    'select version, checksum from kindred.schema_migrations where version >= $1 order by version',
    [file.version],
  );
  const [known] = rows;
  if (known?.version === file.version) {
    if (known.checksum === file.checksum) return false;
    throw new Error(
      `${file.name} was changed after it was applied: restore it, and put the change into a new migration`,
    );
  }
  if (known)
    throw new Error(`${file.name} comes too late, version ${known.version} is applied: give it a higher number`);
  await client.query("set local lock_timeout = '30s'");
  await client.query(file.sql);
  await client.query('insert into kindred.schema_migrations (version, name, checksum) values ($1, $2, $3)', [
    file.version,
    file.name,
    file.checksum,
  ]);
  return true;
}
