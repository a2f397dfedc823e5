import { openDatabase } from '@kindred/database';
import { mediaAccess, openModelPool } from '@kindred/embedder';
import {
  databaseEnv,
  mediaEnv,
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
import { PoolEmbedder } from './pool-embedder.ts';
import { RemoteEmbedder } from './remote-embedder.ts';
import { searchEnv, searchService } from './search.ts';

await runProcess(async () => {
  const config = readConfig(z.object({ ...serverEnv, ...databaseEnv, ...modelEnv, ...mediaEnv, ...searchEnv }));
  const database = await openDatabase({
    url: config.DATABASE_READ_URL ?? config.DATABASE_URL,
    dataFolder: config.KINDRED_DATA,
    poolSize: config.DATABASE_POOL,
    applicationName: 'kindred-search',
  });
  const embedder = config.EMBEDDING_ADDRESS
    ? new RemoteEmbedder(config.EMBEDDING_ADDRESS, config.EMBEDDING_API_KEY)
    : new PoolEmbedder(
        await openModelPool(config, process.env, (tenant, hash) => readArtifact(database, tenant, hash)),
      );
  const services = [
    searchService({ database, embedder, media: mediaAccess(config), keepQueries: config.QUERY_LOG === 'on' }),
  ];
  const close = [() => database.close(), () => embedder.close()];
  await startServices({ services, config, version, log: openLog(config), close });
});
