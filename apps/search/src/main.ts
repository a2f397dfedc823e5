import { openDatabase } from '@kindred/database';
import { mediaAccess, openModelPool } from '@kindred/embedder';
import {
  databaseEnv,
  mediaEnv,
  modelEnv,
  openLog,
  readConfig,
  rerankEnv,
  runProcess,
  serverEnv,
  startServices,
  version,
} from '@kindred/runtime';
import { readArtifact } from '@kindred/vector-index';
import { z } from 'zod';
import { PoolEmbedder } from './pool-embedder.ts';
import { RemoteEmbedder } from './remote-embedder.ts';
import { rerankersOf } from './rerankers-of.ts';
import { searchEnv, searchService } from './search.ts';

await runProcess(async () => {
  const config = readConfig(
    z.object({ ...serverEnv, ...databaseEnv, ...modelEnv, ...mediaEnv, ...rerankEnv, ...searchEnv }),
  );
  const database = await openDatabase({
    url: config.DATABASE_READ_URL ?? config.DATABASE_URL,
    dataFolder: config.KINDRED_DATA,
    poolSize: config.DATABASE_POOL,
    applicationName: 'kindred-search',
  });
  const countedModels = config.EMBEDDING_ADDRESS
    ? undefined
    : await openModelPool(config, process.env, (tenant, hash) => readArtifact(database, tenant, hash));
  const embedder = countedModels
    ? new PoolEmbedder(countedModels)
    : new RemoteEmbedder(config.EMBEDDING_ADDRESS!, config.EMBEDDING_API_KEY);
  const rerankers = rerankersOf(config, process.env);
  const media = mediaAccess(config);
  const keepQueries = config.QUERY_LOG === 'on';
  const recallSample = config.RECALL_SAMPLE;
  const services = [searchService({ database, embedder, countedModels, media, rerankers, keepQueries, recallSample })];
  const close = [() => database.close(), () => embedder.close(), () => rerankers.close()];
  await startServices({ services, config, version, log: openLog(config), close });
});
