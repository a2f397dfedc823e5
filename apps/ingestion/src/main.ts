import { openDatabase } from '@kindred/database';
import { openMessaging } from '@kindred/messaging';
import {
  databaseEnv,
  messagingEnv,
  openLog,
  readConfig,
  runProcess,
  serverEnv,
  startServices,
  version,
} from '@kindred/runtime';
import { z } from 'zod';
import { ingestionEnv, ingestionService } from './ingestion.ts';

await runProcess(async () => {
  const config = readConfig(z.object({ ...serverEnv, ...databaseEnv, ...messagingEnv, ...ingestionEnv }));
  const log = openLog(config);
  const database = await openDatabase({
    url: config.DATABASE_URL,
    dataFolder: config.KINDRED_DATA,
    poolSize: config.DATABASE_POOL,
    applicationName: 'kindred-ingestion',
  });
  const messaging = await openMessaging({
    brokers: config.KAFKA_BROKERS,
    clientId: 'kindred-ingestion',
    tenantPrefixes: config.KAFKA_TENANT_PREFIXES,
    database,
    log: ({ level, message, fields }) => log[level](fields, message),
    tuning: { drain: 3_000 },
  });
  const services = [ingestionService({ database, messaging, config, version, log })];
  const close = [() => messaging.close(), () => database.close()];
  await startServices({ services, config, version, log, close });
});
