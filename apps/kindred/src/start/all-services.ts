import type { Database } from '@kindred/database';
import { builtInTextModel } from '@kindred/embedder';
import { embeddingService } from '@kindred/embedding';
import { ingestionService } from '@kindred/ingestion';
import type { Messaging } from '@kindred/messaging';
import { recommendationService } from '@kindred/recommendation';
import type { Log } from '@kindred/runtime';
import { LocalEmbedder, searchService } from '@kindred/search';
import type { StartConfig } from './start-config.ts';

export interface ServiceDependencies {
  database: Database;
  readDatabase: Database;
  messaging: Messaging;
  config: StartConfig;
  version: string;
  log: Log;
}

/** The four services, in one process, and the model that two of them share. */
export async function allServices({ database, readDatabase, messaging, config, version, log }: ServiceDependencies) {
  const model = await builtInTextModel();
  const services = [
    ingestionService({ database, messaging, config: {}, version, log }),
    embeddingService({ database, messaging, model, log }),
    searchService({ database: readDatabase, embedder: new LocalEmbedder(model) }),
    recommendationService({ database, readDatabase, messaging, config }),
  ];
  return { services, model };
}
