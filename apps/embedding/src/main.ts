import { openDatabase } from '@kindred/database';
import { builtInTextModel } from '@kindred/embedder';
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
import { embeddingService } from './embedding.ts';

await runProcess(async () => {
  const config = readConfig(z.object({ ...serverEnv, ...databaseEnv, ...messagingEnv }));
  const log = openLog(config);
  const database = await openDatabase({
    url: config.DATABASE_URL,
    dataFolder: config.KINDRED_DATA,
    poolSize: config.DATABASE_POOL,
    applicationName: 'kindred-embedding',
  });
  const messaging = await openMessaging({
    brokers: config.KAFKA_BROKERS,
    clientId: 'kindred-embedding',
    tenantPrefixes: config.KAFKA_TENANT_PREFIXES,
    database,
    log: ({ level, message, fields }) => log[level](fields, message),
    tuning: { drain: 3_000 },
  });
  const model = await builtInTextModel();
  const services = [embeddingService({ database, messaging, model, log })];
  const close = [() => messaging.close(), () => database.close(), () => model.close()];
  await startServices({ services, config, version, log, close });
});
