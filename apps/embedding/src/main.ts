import { openDatabase } from '@kindred/database';
import { mediaAccess, openModelPool } from '@kindred/embedder';
import { openMessaging } from '@kindred/messaging';
import {
  databaseEnv,
  mediaEnv,
  messagingEnv,
  modelEnv,
  openLog,
  readConfig,
  runProcess,
  serverEnv,
  startServices,
  version,
} from '@kindred/runtime';
import { readArtifact } from '@kindred/vector-index';
import { z } from 'zod';
import { embeddingService } from './embedding.ts';

await runProcess(async () => {
  const config = readConfig(z.object({ ...serverEnv, ...databaseEnv, ...messagingEnv, ...modelEnv, ...mediaEnv }));
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
  const models = await openModelPool(config, process.env, (tenant, hash) => readArtifact(database, tenant, hash));
  const services = [embeddingService({ database, messaging, models, media: mediaAccess(config), log })];
  const close = [() => messaging.close(), () => database.close(), () => models.close()];
  await startServices({ services, config, version, log, close });
});
