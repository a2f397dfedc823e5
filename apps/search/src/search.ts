import { SearchServiceService } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import type { MediaAccess } from '@kindred/embedder';
import { Log, Readiness, type Service } from '@kindred/runtime';
import { CollectionDirectory, type QueryEmbedder, Search } from '@kindred/vector-index';
import type { DynamicModule } from '@nestjs/common';
import { z } from 'zod';
import { CachedEmbedder } from './cached-embedder.ts';
import { QueryLog } from './query-log.ts';
import { SearchController } from './search.controller.ts';
import { SearchService } from './search.service.ts';
import { WordExpander } from './word-expander.ts';

export const searchEnv = {
  /** Where queries are embedded; absent: in this process, with the built-in model. */
  EMBEDDING_ADDRESS: z
    .string()
    .regex(/^[^\s:/]+:\d{1,5}$/, { error: 'must be host:port, like embedding:50051' })
    .optional(),
  EMBEDDING_API_KEY: z.string().optional(),
  /** Whether the latest texts asked are kept, 1,000 per collection, for comparing models with. */
  QUERY_LOG: z.enum(['on', 'off'], { error: 'must be on or off' }).default('on'),
};

export interface SearchDependencies {
  /** May be a replica: search only reads. */
  database: Database;
  embedder: QueryEmbedder;
  /** What pictures may be searched by. */
  media: MediaAccess;
  /** Keep the latest texts asked, for comparing models with. Default true. */
  keepQueries?: boolean;
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

function moduleOf({ database, embedder, media, keepQueries = true }: SearchDependencies): DynamicModule {
  const collections = new CollectionDirectory(database);
  const search = new Search(database, collections, new CachedEmbedder(embedder), new WordExpander(database));
  return {
    module: SearchModule,
    controllers: [SearchController],
    providers: [
      {
        provide: QueryLog,
        inject: [Log],
        useFactory: (log: Log) => new QueryLog(database, collections, log, keepQueries),
      },
      {
        provide: SearchService,
        inject: [Readiness, QueryLog],
        useFactory: (readiness: Readiness, queries: QueryLog) => {
          readiness.add('search: database', async () => {
            await database.query({ tenant: 'default', readOnly: true }, 'select 1');
            return { ready: true, reason: '' };
          });
          return new SearchService(search, database, collections, media, queries);
        },
      },
    ],
  };
}
