import type { Database } from './database.ts';
import { findFeatures } from './features.ts';
import { migratorConfig, newClient, type PostgresOptions, serviceConfig } from './postgres-config.ts';
import { PostgresConnections } from './postgres-connections.ts';
import { SqlDatabase } from './sql-database.ts';
import { mapError, needsMigration, sqlState } from './sql-error.ts';
import type { WireClient } from './wire-client.ts';

/** A pool of service sessions, checked. */
export async function openPostgres(options: PostgresOptions): Promise<Database> {
  const config = serviceConfig(options);
  const client = newClient(config);
  try {
    await client.connect();
    const found = await findFeatures(client, 'postgres');
    if (found === undefined) throw needsMigration();
    return new SqlDatabase('postgres', new PostgresConnections(config), found);
  } catch (error) {
    throw startError(error);
  } finally {
    await client.end();
  }
}

/** Runs `work` on a connection of the URL's own user. */
export async function withMigrator<Result>(
  url: string,
  work: (client: WireClient) => Promise<Result>,
  applicationName = 'kindred migrate',
): Promise<Result> {
  const client = newClient(migratorConfig({ url, applicationName }));
  try {
    await client.connect();
    return await work(client);
  } catch (error) {
    throw mapError(error);
  } finally {
    await client.end();
  }
}

function startError(error: unknown): unknown {
  const { message } = error as Error;
  if (!/role/.test(message)) return mapError(error);
  if (/does not exist/.test(message) && ['22023', '42704'].includes(sqlState(error))) {
    return new Error('The role kindred_service does not exist: run `kindred migrate` first', { cause: error });
  }
  if (sqlState(error) === '42501') {
    const grant = '`grant kindred_service, kindred_maintenance to <this user> with set true`';
    return new Error(`This user may not act as kindred_service: run ${grant} as the migrator`, { cause: error });
  }
  return mapError(error);
}
