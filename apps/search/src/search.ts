import { SearchServiceService } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import { Readiness, type Service } from '@kindred/runtime';
import { CollectionDirectory, type QueryEmbedder, Search } from '@kindred/vector-index';
import type { DynamicModule } from '@nestjs/common';
import { z } from 'zod';
import { CachedEmbedder } from './cached-embedder.ts';
import { SearchController } from './search.controller.ts';
import { SearchService } from './search.service.ts';

export const searchEnv = {
  /** Where queries are embedded; absent: in this process, with the built-in model. */
  EMBEDDING_ADDRESS: z
    .string()
    .regex(/^[^\s:/]+:\d{1,5}$/, { error: 'must be host:port, like embedding:50051' })
    .optional(),
  EMBEDDING_API_KEY: z.string().optional(),
};

export interface SearchDependencies {
  /** May be a replica: search only reads. */
  database: Database;
  embedder: QueryEmbedder;
}

class SearchModule {}

/** Query and Count. */
export function searchService(dependencies: SearchDependencies): Service {
  return {
    name: 'search',
    module: moduleOf(dependencies),
    grpc: { 'kindred.v1.SearchService': SearchServiceService },
  };
}

function moduleOf({ database, embedder }: SearchDependencies): DynamicModule {
  const collections = new CollectionDirectory(database);
  const search = new Search(database, collections, new CachedEmbedder(embedder));
  return {
    module: SearchModule,
    controllers: [SearchController],
    providers: [
      {
        provide: SearchService,
        inject: [Readiness],
        useFactory: (readiness: Readiness) => {
          readiness.add('search: database', async () => {
            await database.query({ tenant: 'default', readOnly: true }, 'select 1');
            return { ready: true, reason: '' };
          });
          return new SearchService(search, database, collections);
        },
      },
    ],
  };
}
