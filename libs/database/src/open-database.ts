import type { Database } from './database.ts';
import { openPglite, type PgliteDatabase } from './pglite-database.ts';
import { openPostgres } from './postgres-database.ts';

export interface DatabaseOptions {
  /** postgres://user:password@host:port/database. Without it an embedded PGlite runs in a worker thread. */
  url?: string;
  /** Where the embedded database keeps its files; without it they are in memory only. */
  dataFolder?: string;
  /** A tar made by saveSnapshot, for a new embedded database to start from. */
  snapshot?: string;
  /** Most connections to PostgreSQL, 1 or more. Default 10. */
  poolSize?: number;
  /** Shown in pg_stat_activity. Default "kindred". */
  applicationName?: string;
}

export type EmbeddedOptions = Pick<DatabaseOptions, 'dataFolder' | 'snapshot'>;

/**
 * Connects and checks the server, its extensions and its schema; does not migrate. Throws with the way out when
 * PostgreSQL is not migrated, or pgvector is older than 0.8.4. An embedded database that is still empty opens, and
 * refuses every call until `migrate(database)`.
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const { url } = options;
  return url === undefined ? openEmbedded(options) : openPostgres({ ...options, url });
}

export function openEmbedded(options: EmbeddedOptions): Promise<PgliteDatabase> {
  return openPglite(options);
}
