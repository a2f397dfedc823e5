import { type MigrationReport, migrate, openDatabase } from '@kindred/database';
import { openMessaging } from '@kindred/messaging';
import { plural } from '../output/format.ts';
import { migrateConfig } from './start-config.ts';

/** Schema and topics, for production: the services themselves never create either. */
export async function migrateAll(): Promise<void> {
  const config = migrateConfig();
  const target = config.DATABASE_URL === undefined ? { dataFolder: config.KINDRED_DATA } : { url: config.DATABASE_URL };
  for (const line of reportLines(await migrate(target))) console.log(line);
  const database = await openDatabase({ ...target, applicationName: 'kindred-migrate' });
  try {
    const brokers = config.KAFKA_BROKERS;
    const messaging = await openMessaging({
      brokers,
      tenantPrefixes: config.KAFKA_TENANT_PREFIXES,
      clientId: 'kindred-migrate',
      database,
    });
    await messaging.ensureTopics();
    await messaging.close();
    console.log(brokers === undefined ? 'topics: the log in the database' : `topics: ready on ${brokers.join(', ')}`);
  } finally {
    await database.close();
  }
}

export function reportLines({ applied, notices }: MigrationReport): string[] {
  const done =
    applied.length === 0
      ? 'the schema is up to date'
      : `applied ${plural(applied.length, 'migration')}: ${applied.join(', ')}`;
  return [done, ...notices.map((notice) => `note: ${notice}`)];
}
