import {
  DatasetServiceService,
  EmbeddingServiceService,
  ModelServiceService,
  WordServiceService,
} from '@kindred/contracts';
import type { Database } from '@kindred/database';
import { type MediaAccess, type ModelPool, UsageMetrics } from '@kindred/embedder';
import type { Messaging } from '@kindred/messaging';
import { type Log, Metrics, Readiness, type Service } from '@kindred/runtime';
import { BackgroundPromotion, CollectionDirectory } from '@kindred/vector-index';
import type { DynamicModule } from '@nestjs/common';
import { Consumers } from './consumers.ts';
import { DatasetService } from './datasets/dataset.service.ts';
import { DatasetsController } from './datasets/datasets.controller.ts';
import { EmbedService } from './embed/embed.service.ts';
import { EmbeddingController } from './embed/embedding.controller.ts';
import { IndexService } from './indexes/index.service.ts';
import { IndexWatch } from './indexes/index-watch.ts';
import { CompareService } from './models/compare.service.ts';
import { MigrationService } from './models/migration.service.ts';
import { ModelRegistry } from './models/model-registry.ts';
import { ModelSwitch } from './models/model-switch.ts';
import { ModelsController } from './models/models.controller.ts';
import { ModelsService } from './models/models.service.ts';
import { EmbedChangesService } from './vectors/embed-changes.service.ts';
import { inputReader } from './vectors/read-input.ts';
import { Reconciler } from './vectors/reconciler.ts';
import { TargetDirectory } from './vectors/target-directory.ts';
import { VectorStatusService } from './vectors/vector-status.service.ts';
import { VectorWriter } from './vectors/vector-writer.ts';
import { WordController } from './words/word.controller.ts';
import { WordService } from './words/word.service.ts';

export interface EmbeddingDependencies {
  database: Database;
  messaging: Messaging;
  /** The first of its own models is the standard one. */
  models: ModelPool;
  media: MediaAccess;
  log: Log;
}

class EmbeddingModule {}

/** Change events in, vectors out; the models they are of; and the Embed RPC. */
export function embeddingService(dependencies: EmbeddingDependencies): Service {
  return {
    name: 'embedding',
    module: moduleOf(dependencies),
    grpc: {
      'kindred.v1.EmbeddingService': EmbeddingServiceService,
      'kindred.v1.ModelService': ModelServiceService,
      'kindred.v1.DatasetService': DatasetServiceService,
      'kindred.v1.WordService': WordServiceService,
    },
  };
}

function moduleOf(dependencies: EmbeddingDependencies): DynamicModule {
  const { database, messaging, models, media, log } = dependencies;
  const promotion = new BackgroundPromotion(database, ({ collection, reason, error }) =>
    error
      ? log.warn({ collection, err: error }, 'no index was built')
      : log.info({ collection, reason }, 'vector index built'),
  );
  const collections = new CollectionDirectory(database);
  const targets = new TargetDirectory(database, models);
  const writer = new VectorWriter(database, models, inputReader(media));
  const changes = new EmbedChangesService(database, collections, targets, writer, promotion);
  const registry = new ModelRegistry(database, models);
  const switcher = new ModelSwitch(database, models);
  const reconciler = new Reconciler({ database, collections, targets, writer, switcher, log });
  const nudge = () => reconciler.nudge();
  const operations = {
    registry,
    switcher,
    migrations: new MigrationService(database, targets, writer),
    comparison: new CompareService(database, collections, models),
    vectors: new VectorStatusService(database, collections, targets, nudge),
  };
  return {
    module: EmbeddingModule,
    controllers: [EmbeddingController, ModelsController, DatasetsController, WordController],
    providers: [
      { provide: EmbedService, useValue: new EmbedService(registry, models, media) },
      { provide: ModelsService, useValue: new ModelsService(collections, operations, nudge) },
      { provide: DatasetService, useValue: new DatasetService(database) },
      {
        provide: UsageMetrics,
        inject: [Metrics],
        useFactory: (metrics: Metrics) => new UsageMetrics(metrics, models),
      },
      { provide: WordService, useValue: new WordService(database, collections) },
      { provide: Reconciler, useValue: reconciler },
      { provide: IndexService, useValue: new IndexService({ database, collections, targets, log }) },
      { provide: IndexWatch, useValue: new IndexWatch({ database, collections, targets, promotion, log }) },
      {
        provide: Consumers,
        inject: [Readiness],
        useFactory: (readiness: Readiness) => new Consumers(messaging, changes, readiness),
      },
    ],
  };
}
