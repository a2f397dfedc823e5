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
import { recommendationService } from './recommendation.ts';
import { recommendationEnv } from './settings.ts';

await runProcess(async () => {
  const config = readConfig(z.object({ ...serverEnv, ...databaseEnv, ...messagingEnv, ...recommendationEnv }));
  const log = openLog(config);
  const open = (url: string | undefined) =>
    openDatabase({
      url,
      dataFolder: config.KINDRED_DATA,
      poolSize: config.DATABASE_POOL,
      applicationName: 'kindred-recommendation',
    });
  const database = await open(config.DATABASE_URL);
  const readDatabase = config.DATABASE_READ_URL ? await open(config.DATABASE_READ_URL) : database;
  const messaging = await openMessaging({
    brokers: config.KAFKA_BROKERS,
    clientId: 'kindred-recommendation',
    tenantPrefixes: config.KAFKA_TENANT_PREFIXES,
    database,
    log: ({ level, message, fields }) => log[level](fields, message),
    tuning: { drain: 3_000 },
  });
  const services = [recommendationService({ database, readDatabase, messaging, config })];
  const close = [() => messaging.close(), () => database.close()];
  if (readDatabase !== database) close.push(() => readDatabase.close());
  await startServices({ services, config, version, log, close });
});
