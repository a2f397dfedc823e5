import { CatalogServiceService } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import type { Messaging } from '@kindred/messaging';
import { type Log, Metrics, Readiness, type Service } from '@kindred/runtime';
import { BackgroundPromotion, CollectionDirectory } from '@kindred/vector-index';
import type { DynamicModule } from '@nestjs/common';
import { z } from 'zod';
import { CatalogController } from './catalog/catalog.controller.ts';
import { CatalogService } from './catalog/catalog.service.ts';
import { CatalogReader } from './catalog/catalog-reader.ts';
import { Completion } from './catalog/completion.ts';
import { CollectionService } from './collections/collection.service.ts';
import { Consumers } from './consumers.ts';
import { DeadLetterService } from './dead-letters/dead-letter.service.ts';
import { InteractionService } from './interactions/interaction.service.ts';
import { ItemService } from './items/item.service.ts';
import { LogPruning } from './log-pruning.ts';
import { StatusService } from './status/status.service.ts';
import { UserService } from './users/user.service.ts';
import { WordRefresh } from './words/word-refresh.ts';

/** HTTP addresses of services in other processes, which `status` asks whether they are ready. */
export const ingestionEnv = {
  PEERS: z
    .string()
    .regex(/^[a-z-]+=https?:\/\/[^,\s]+(,[a-z-]+=https?:\/\/[^,\s]+)*$/, {
      error: 'must be name=http://host:port, separated by commas',
    })
    .transform((value) => Object.fromEntries(value.split(',').map((peer) => peer.split('=') as [string, string])))
    .optional(),
  /** Days that the event log in the database keeps messages which every consumer has passed. */
  EVENT_LOG_DAYS: z.coerce
    .number({ error: 'must be a number of days' })
    .min(0, { error: 'must be 0 or more' })
    .default(7),
};

export interface IngestionDependencies {
  database: Database;
  messaging: Messaging;
  config: { PEERS?: Record<string, string>; EVENT_LOG_DAYS?: number };
  version: string;
  log: Log;
}

class IngestionModule {}

/** Events and gRPC writes in, relational rows and change events out. */
export function ingestionService(dependencies: IngestionDependencies): Service {
  return {
    name: 'ingestion',
    module: moduleOf(dependencies),
    grpc: { 'kindred.v1.CatalogService': CatalogServiceService },
  };
}

function moduleOf({ database, messaging, config, version, log }: IngestionDependencies): DynamicModule {
  const collections = new CollectionDirectory(database);
  const promotion = new BackgroundPromotion(database, ({ collection, error }) =>
    error ? log.warn({ collection, err: error }, 'no index was built') : log.info({ collection }, 'text index built'),
  );
  const words = new WordRefresh(database, collections, log);
  const items = new ItemService(database, messaging, collections, promotion, words);
  const deadLetters = new DeadLetterService(database, messaging);
  const people = (metrics: Metrics) => {
    const leftOut = leftOutOf(metrics);
    const interactions = new InteractionService(database, messaging, collections, leftOut);
    return { users: new UserService(database, messaging, leftOut), interactions };
  };
  const catalog = new CatalogService(messaging, items, collections, new Completion(database, collections));
  const peers = config.PEERS ?? {};
  return {
    module: IngestionModule,
    controllers: [CatalogController],
    providers: [
      { provide: CatalogService, useValue: catalog },
      { provide: CatalogReader, useValue: new CatalogReader(database, collections) },
      { provide: CollectionService, useValue: new CollectionService(database, collections, words) },
      { provide: DeadLetterService, useValue: deadLetters },
      { provide: WordRefresh, useValue: words },
      {
        provide: StatusService,
        inject: [Readiness],
        useFactory: (readiness: Readiness) =>
          new StatusService({ database, messaging, collections, readiness, peers, version }),
      },
      ...(messaging.driver === 'postgres-log'
        ? [{ provide: LogPruning, useValue: new LogPruning(database, config.EVENT_LOG_DAYS ?? 7, log) }]
        : []),
      {
        provide: Consumers,
        inject: [Readiness, Metrics],
        useFactory: (readiness: Readiness, metrics: Metrics) =>
          new Consumers(messaging, { items, deadLetters, ...people(metrics) }, readiness),
      },
    ],
  };
}

function leftOutOf(metrics: Metrics): (events: number) => void {
  const help = 'Events and sessions of erased users, which were not stored.';
  const counter = metrics.counter('kindred_erased_user_events_total', help);
  return (events) => counter.inc(events);
}
