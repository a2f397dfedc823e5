import type { Database } from '@kindred/database';
import { builtInTextModel } from '@kindred/embedder';
import { embeddingService } from '@kindred/embedding';
import { ingestionService } from '@kindred/ingestion';
import type { Messaging } from '@kindred/messaging';
import { recommendationService } from '@kindred/recommendation';
import type { Service } from '@kindred/runtime';
import { searchService } from '@kindred/search';
import type { StartConfig } from './start-config.ts';

export interface ServiceDependencies {
  database: Database;
  readDatabase: Database;
  messaging: Messaging;
  config: StartConfig;
  version: string;
}

/** The four services, in one process. */
export async function allServices(dependencies: ServiceDependencies): Promise<Service[]> {
  const model = await builtInTextModel();
  const { database, readDatabase, messaging, version } = dependencies;
  return [
    ingestionService({ database, messaging, config: {}, version }),
    embeddingService({ database, messaging, model }),
    searchService({ database: readDatabase, model }),
    recommendationService({ database, readDatabase, messaging }),
  ];
}
