import type pg from 'pg';
import type { Database, DatabaseFeatures } from './database.ts';
import { migrationFiles } from './migration-files.ts';

/** Earlier ones corrupt HNSW indexes on vacuum. */
export const oldestPgvector = '0.8.4';
/** `grant … with set` on roles. */
const oldestServer = 160000;

export interface FoundFeatures extends DatabaseFeatures {
  /** pg_type.oid of vector in this database. */
  vectorOid: number;
}

interface ProbeRow {
  version: string;
  number: number;
  pgvector: string | null;
  available: string | null;
  schema: string | null;
  vector_oid: number | null;
  text_search: string | null;
  migrated: boolean;
}

/** pg_textsearch counts only where its library is preloaded, which its own setting tells without privileges. */
const probeSql = `
  select current_setting('server_version') as version, current_setting('server_version_num')::int as number,
    v.extversion as pgvector, v.extnamespace::regnamespace::text as schema,
    (select default_version from pg_available_extensions where name = 'vector') as available,
    (select t.oid::int from pg_type t where t.typname = 'vector' and t.typnamespace = v.extnamespace) as vector_oid,
    case when current_setting('pg_textsearch.library_version', true) is not null
      then (select extversion from pg_extension where extname = 'pg_textsearch') end as text_search,
    to_regclass('kindred.schema_migrations') is not null as migrated
  from (select 1) one left join pg_extension v on v.extname = 'vector'`;

/**
 * What the server can do; undefined for a database whose schema is missing or older than this program. Throws, saying
 * what to do, for a server or an extension that is too old.
 */
export async function findFeatures(
  client: pg.ClientBase,
  driver: Database['driver'],
): Promise<FoundFeatures | undefined> {
  const row = await probe(client);
  if (!row.migrated) return undefined;
  refuseOldServer(row);
  if (!(await isMigrated(client))) return undefined;
  return {
    serverVersion: row.version,
    pgvector: row.pgvector!,
    textSearch: row.text_search,
    vectorElement: driver === 'pglite' ? 'vector' : 'halfvec',
    vectorOid: row.vector_oid!,
  };
}

/** The same for a database that is about to be migrated: its extensions are there, its schema may not be. */
export async function refuseUnfit(client: pg.ClientBase): Promise<void> {
  refuseOldServer(await probe(client));
}

async function probe(client: pg.ClientBase): Promise<ProbeRow> {
  const { rows } = await client.query<ProbeRow>(probeSql);
  return rows[0]!;
}

function refuseOldServer(row: ProbeRow): void {
  if (row.number < oldestServer) {
    throw new Error(`PostgreSQL ${row.version} is too old: Kindred needs 16 or later`);
  }
  if (row.pgvector === null) {
    throw new Error(
      'The extension vector is missing: run `kindred migrate`, or `create extension vector` as a superuser',
    );
  }
  if (isOlder(row.pgvector, oldestPgvector)) throw new Error(oldPgvector(row.pgvector, row.available));
  if (row.schema !== 'public') {
    throw new Error(
      `The extension vector is in schema ${row.schema}, where services do not look: run \`alter extension vector set schema public\``,
    );
  }
}

function oldPgvector(installed: string, available: string | null): string {
  const update = 'then run `alter extension vector update` in this database';
  const wayOut =
    available !== null && !isOlder(available, oldestPgvector)
      ? `the server has ${available}: ${update.slice(5)}`
      : `install pgvector ${oldestPgvector} or later on the server, ${update}`;
  return `pgvector ${installed} corrupts HNSW indexes on vacuum, Kindred needs ${oldestPgvector} or later; ${wayOut}`;
}

async function isMigrated(client: pg.ClientBase): Promise<boolean> {
  const { rows } = await client.query<{ version: number | null }>(
    'select max(version) as version from kindred.schema_migrations',
  );
  const newest = (await migrationFiles()).at(-1)!.version;
  return (rows[0]?.version ?? 0) >= newest;
}

/** Compares dotted numbers; a suffix like "-dev" does not count. */
export function isOlder(version: string, than: string): boolean {
  const [left, right] = [version, than].map((text) => text.split('.').map((part) => Number.parseInt(part, 10) || 0));
  const at = right!.findIndex((part, index) => (left![index] ?? 0) !== part);
  return at >= 0 && (left![at] ?? 0) < right![at]!;
}
