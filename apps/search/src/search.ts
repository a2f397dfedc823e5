import { SearchServiceService } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import { type MediaAccess, type ModelPool, Rerankers, UsageMetrics } from '@kindred/embedder';
import { Log, Metrics, Readiness, type Service } from '@kindred/runtime';
import {
  AbsenceExplainer,
  CollectionDirectory,
  type QueryEmbedder,
  RecallProbe,
  Search,
  Vocabularies,
} from '@kindred/vector-index';
import type { DynamicModule } from '@nestjs/common';
import { z } from 'zod';
import { AbsenceService } from './absence/absence.service.ts';
import { AskedFields } from './asked-fields.ts';
import { BatchService } from './batch/batch.service.ts';
import { CachedEmbedder } from './cached-embedder.ts';
import { ClickHistory } from './clicks/click-history.ts';
import { CollectionController } from './collection.controller.ts';
import { ComposedSearch } from './compose/composed-search.ts';
import { QueryLog } from './query-log.ts';
import { RecallHistory } from './recall/recall-history.ts';
import { RecallObservatory } from './recall/recall-observatory.ts';
import { SearchController } from './search.controller.ts';
import { SearchService } from './search.service.ts';
import { SetService } from './set.service.ts';
import { TextService } from './text/text.service.ts';
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
  /** Share of the queries by approximate indexes that are answered exactly too, in the background. 0: none. */
  RECALL_SAMPLE: z.coerce
    .number({ error: 'must be a number from 0 to 1' })
    .min(0, { error: 'must be from 0 to 1' })
    .max(1, { error: 'must be from 0 to 1' })
    .default(0.01),
};

export interface SearchDependencies {
  /** May be a replica: search only reads. */
  database: Database;
  embedder: QueryEmbedder;
  /** The models of this process, where no other service of it counts their usage. */
  countedModels?: ModelPool;
  /** What pictures may be searched by. */
  media: MediaAccess;
  /** What hits may be ordered anew by. Default: none. */
  rerankers?: Rerankers;
  /** Keep the latest texts asked, for comparing models with. Default true. */
  keepQueries?: boolean;
  /** Share of the queries whose recall is measured, 0-1. Default 0. */
  recallSample?: number;
}

class SearchModule {}

/** Queries, and what is about sets of items. */
export function searchService(dependencies: SearchDependencies): Service {
  return {
    name: 'search',
    module: moduleOf(dependencies),
    grpc: { 'kindred.v1.SearchService': SearchServiceService },
  };
}

function moduleOf(dependencies: SearchDependencies): DynamicModule {
  const { database, embedder, countedModels, media, rerankers, keepQueries = true, recallSample = 0 } = dependencies;
  const collections = new CollectionDirectory(database);
  const vocabularies = new Vocabularies(database);
  const cached = new CachedEmbedder(embedder);
  const search = new Search(database, collections, cached, new WordExpander(database), vocabularies);
  return {
    module: SearchModule,
    controllers: [SearchController, CollectionController],
    providers: [
      ...(countedModels ? [usageOf(countedModels)] : []),
      { provide: SetService, useValue: new SetService(database, collections, search.filters) },
      { provide: AbsenceService, useValue: absencesOf(dependencies, collections, search) },
      {
        provide: BatchService,
        inject: [SearchService, Log],
        useFactory: (queries: SearchService, log: Log) => new BatchService(queries, log),
      },
      { provide: TextService, useValue: new TextService(collections, vocabularies) },
      {
        provide: QueryLog,
        inject: [Log],
        useFactory: (log: Log) => new QueryLog(database, collections, log, keepQueries),
      },
      {
        provide: AskedFields,
        inject: [Log],
        useFactory: (log: Log) => {
          const asked = new AskedFields(database, log);
          search.chooser.onSegmentField((collection, field) => asked.note(collection, field));
          return asked;
        },
      },
      {
        provide: RecallObservatory,
        inject: [Metrics, Log],
        useFactory: (metrics: Metrics, log: Log) => {
          const probe = new RecallProbe(database, collections, search.chooser);
          return new RecallObservatory(database, probe, metrics, log, { share: recallSample });
        },
      },
      { provide: RecallHistory, useFactory: () => new RecallHistory(database, collections) },
      { provide: ClickHistory, useFactory: () => new ClickHistory(database, collections) },
      {
        provide: SearchService,
        inject: [Readiness, QueryLog, RecallObservatory],
        useFactory: (readiness: Readiness, queries: QueryLog, recall: RecallObservatory) => {
          readiness.add('search: database', async () => {
            await database.query({ tenant: 'default', readOnly: true }, 'select 1');
            return { ready: true, reason: '' };
          });
          const service = new SearchService(search, database, collections, { ...media, rerankers }, queries);
          service.onAnswer((request, { plan }) => recall.note(request, plan));
          return service;
        },
      },
    ],
  };
}

function absencesOf(
  { database, media, rerankers }: SearchDependencies,
  collections: CollectionDirectory,
  search: Search,
) {
  const composed = new ComposedSearch(database, collections, search, rerankers ?? new Rerankers());
  return new AbsenceService(new AbsenceExplainer(database, collections, search), composed, media);
}

const usageOf = (models: ModelPool) => ({
  provide: UsageMetrics,
  inject: [Metrics],
  useFactory: (metrics: Metrics) => new UsageMetrics(metrics, models),
});
