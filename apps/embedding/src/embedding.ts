import { EmbeddingServiceService } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import type { EmbeddingModel } from '@kindred/embedder';
import type { Messaging } from '@kindred/messaging';
import { type Log, Readiness, type Service } from '@kindred/runtime';
import { BackgroundPromotion, CollectionDirectory } from '@kindred/vector-index';
import type { DynamicModule } from '@nestjs/common';
import { Consumers } from './consumers.ts';
import { EmbedChangesService } from './embed-changes.service.ts';
import { EmbedTextService } from './embed-text.service.ts';
import { EmbeddingController } from './embedding.controller.ts';

export interface EmbeddingDependencies {
  database: Database;
  messaging: Messaging;
  model: EmbeddingModel;
  log: Log;
}

class EmbeddingModule {}

/** Change events in, vectors out; and the Embed RPC. */
export function embeddingService(dependencies: EmbeddingDependencies): Service {
  return {
    name: 'embedding',
    module: moduleOf(dependencies),
    grpc: { 'kindred.v1.EmbeddingService': EmbeddingServiceService },
  };
}

function moduleOf({ database, messaging, model, log }: EmbeddingDependencies): DynamicModule {
  const promotion = new BackgroundPromotion(database, ({ collection, error }) =>
    error ? log.warn({ collection, err: error }, 'no index was built') : log.info({ collection }, 'vector index built'),
  );
  const changes = new EmbedChangesService(database, new CollectionDirectory(database), model, promotion);
  return {
    module: EmbeddingModule,
    controllers: [EmbeddingController],
    providers: [
      { provide: EmbedTextService, useValue: new EmbedTextService(database, model) },
      {
        provide: Consumers,
        inject: [Readiness],
        useFactory: (readiness: Readiness) => new Consumers(messaging, changes, readiness),
      },
    ],
  };
}
