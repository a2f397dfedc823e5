import path from 'node:path';
import pg from 'pg';
import { lockDataFolder } from './data-folder-lock.ts';
import type { Database } from './database.ts';
import { type FoundFeatures, findFeatures } from './features.ts';
import { PgliteConnections } from './pglite-connections.ts';
import { PgliteProcess } from './pglite-process.ts';
import { newClient, sessionSettings } from './postgres-config.ts';
import { SqlDatabase } from './sql-database.ts';
import { mapError } from './sql-error.ts';
import { typeParsers } from './type-parsers.ts';
import type { WireClient } from './wire-client.ts';

export interface PgliteOptions {
  dataFolder?: string;
  snapshot?: string;
}

/** The embedded Database: one session, in a worker thread. */
export class PgliteDatabase extends SqlDatabase {
  declare readonly connections: PgliteConnections;
}

/** Opens, recovers or creates the data folder. Services act on it as kindred_service as soon as it is migrated. */
export async function openPglite(options: PgliteOptions): Promise<PgliteDatabase> {
  const { dataFolder, snapshot } = options;
  const unlock = dataFolder === undefined ? () => {} : lockDataFolder(dataFolder);
  let connections: PgliteConnections | undefined;
  const worker = new PgliteProcess({ dataFolder: filesIn(dataFolder), snapshot }, (error) => connections?.fail(error));
  worker.ended().then(unlock);
  try {
    connections = await connect(worker);
    return new PgliteDatabase('pglite', connections, await connections.exclusively(becomeService));
  } catch (error) {
    await worker.close();
    throw mapError(error);
  }
}

function filesIn(dataFolder: string | undefined): string | undefined {
  return dataFolder && path.join(dataFolder, 'postgres');
}

async function connect(worker: PgliteProcess): Promise<PgliteConnections> {
  worker.stream.on('error', () => {}); // what is pending gets it through its client
  await worker.started();
  const client = newClient({
    stream: () => worker.stream,
    host: 'pglite',
    user: 'postgres',
    database: 'postgres',
    ssl: false,
    types: typeParsers,
    pipeline: true,
  });
  await client.connect();
  return new PgliteConnections(worker, client);
}

/** A superuser sees every tenant: nothing but a migration may run as one. */
async function becomeService(client: WireClient): Promise<FoundFeatures | undefined> {
  const found = await findFeatures(client, 'pglite');
  if (found !== undefined) await client.query(serviceSql());
  return found;
}

function serviceSql(): string {
  const settings = Object.entries(sessionSettings).map(([name, value]) => `set ${name} = ${settingValue(name, value)}`);
  return [...settings, 'set role kindred_service'].join('; ');
}

function settingValue(name: string, value: string): string {
  return name === 'search_path' ? value : pg.escapeLiteral(value);
}

export function isEmbedded(database: Database): database is PgliteDatabase {
  return database instanceof PgliteDatabase;
}

/** Runs `work` as the migrator while nobody else holds the session; calls are refused until it has succeeded. */
export async function migrateEmbedded<Result>(
  database: PgliteDatabase,
  work: (client: WireClient) => Promise<Result>,
): Promise<Result> {
  return database.connections.exclusively(async (client) => {
    database.refresh(undefined);
    await client.query('reset role');
    try {
      return await work(client);
    } finally {
      // Fails only before the first migration has made the role; then the database lets nobody in.
      await client.query('set role kindred_service').catch(() => {});
      database.refresh(await becomeService(client));
    }
  });
}

/** Writes a tar of an embedded database's files, which `openDatabase({ snapshot })` starts from. */
export async function saveSnapshot(database: Database, file: string): Promise<void> {
  if (!isEmbedded(database)) throw new TypeError('Only an embedded database has snapshots: use pg_dump for PostgreSQL');
  await database.connections.dump(file);
}
