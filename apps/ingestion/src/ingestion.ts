import { CatalogServiceService } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import type { Messaging } from '@kindred/messaging';
import { Readiness, type Service } from '@kindred/runtime';
import { CollectionDirectory } from '@kindred/vector-index';
import type { DynamicModule } from '@nestjs/common';
import { CatalogController } from './catalog/catalog.controller.ts';
import { CatalogService } from './catalog/catalog.service.ts';
import { CatalogReader } from './catalog/catalog-reader.ts';
import { Completion } from './catalog/completion.ts';
import { CollectionService } from './collections/collection.service.ts';
import { Consumers } from './consumers.ts';
import { DeadLetterService } from './dead-letters/dead-letter.service.ts';
import { InteractionService } from './interactions/interaction.service.ts';
import { ItemService } from './items/item.service.ts';
import { StatusService } from './status/status.service.ts';
import { UserService } from './users/user.service.ts';

export interface IngestionDependencies {
  database: Database;
  messaging: Messaging;
  config: {
    /** HTTP base addresses of services in other processes, by name; shown by status. */
    PEERS?: Record<string, string>;
  };
  version: string;
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

function moduleOf({ database, messaging, config, version }: IngestionDependencies): DynamicModule {
  const collections = new CollectionDirectory(database);
  const items = new ItemService(database, messaging, collections);
  const users = new UserService(database, messaging);
  const interactions = new InteractionService(database, messaging, collections);
  const deadLetters = new DeadLetterService(database, messaging);
  const handlers = { items, users, interactions, deadLetters };
  const catalog = new CatalogService(messaging, items, collections, new Completion(database, collections));
  const peers = config.PEERS ?? {};
  return {
    module: IngestionModule,
    controllers: [CatalogController],
    providers: [
      { provide: CatalogService, useValue: catalog },
      { provide: CatalogReader, useValue: new CatalogReader(database, collections) },
      { provide: CollectionService, useValue: new CollectionService(database, collections) },
      { provide: DeadLetterService, useValue: deadLetters },
      {
        provide: StatusService,
        inject: [Readiness],
        useFactory: (readiness: Readiness) =>
          new StatusService({ database, messaging, collections, readiness, peers, version }),
      },
      {
        provide: Consumers,
        inject: [Readiness],
        useFactory: (readiness: Readiness) => new Consumers(messaging, handlers, readiness),
      },
    ],
  };
}
