import type { Database } from '@kindred/database';
import { mediaAccess, openModelPool } from '@kindred/embedder';
import { embeddingService } from '@kindred/embedding';
import { ingestionService } from '@kindred/ingestion';
import type { Messaging } from '@kindred/messaging';
import { recommendationService } from '@kindred/recommendation';
import type { Log } from '@kindred/runtime';
import { PoolEmbedder, rerankersOf, searchService } from '@kindred/search';
import { readArtifact } from '@kindred/vector-index';
import type { StartConfig } from './start-config.ts';

export interface ServiceDependencies {
  database: Database;
  readDatabase: Database;
  messaging: Messaging;
  config: StartConfig;
  version: string;
  log: Log;
}

/** The four services, in one process, and the models and rerankers they use. */
export async function allServices({ database, readDatabase, messaging, config, version, log }: ServiceDependencies) {
  const models = await openModelPool(config, process.env, (tenant, hash) => readArtifact(readDatabase, tenant, hash));
  const media = mediaAccess(config);
  const rerankers = rerankersOf(config, process.env);
  const services = [
    ingestionService({ database, messaging, config: {}, version, log }),
    embeddingService({ database, messaging, models, media, log }),
    searchService({
      database: readDatabase,
      embedder: new PoolEmbedder(models),
      media,
      rerankers,
      keepQueries: config.QUERY_LOG === 'on',
      recallSample: config.RECALL_SAMPLE,
    }),
    recommendationService({ database, readDatabase, messaging, config }),
  ];
  return { services, models, rerankers };
}
