import { RecommendationServiceService } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import type { Messaging } from '@kindred/messaging';
import { Log, Readiness, type Service } from '@kindred/runtime';
import { CollectionDirectory } from '@kindred/vector-index';
import type { DynamicModule } from '@nestjs/common';
import { CollectionSizes } from './collection-sizes.ts';
import { Consumers } from './consumers.ts';
import { Models } from './models.ts';
import { Rebuilder } from './rebuild/rebuilder.ts';
import { RecommendService } from './recommend/recommend.service.ts';
import { RecommendationController } from './recommend/recommendation.controller.ts';
import { Recommender } from './recommend/recommender.ts';
import { SimilarService } from './recommend/similar.service.ts';
import { type RecommendationConfig, type Settings, settingsOf } from './settings.ts';
import { TasteService } from './taste/taste.service.ts';
import { UserChangesService } from './taste/user-changes.service.ts';

export interface RecommendationDependencies {
  database: Database;
  /** Answers requests; may be a replica. */
  readDatabase: Database;
  messaging: Messaging;
  config?: Partial<RecommendationConfig>;
}

class RecommendationModule {}

/** User changes in, tastes and derived tables kept; Recommend and Similar. */
export function recommendationService(dependencies: RecommendationDependencies): Service {
  return {
    name: 'recommendation',
    module: moduleOf(dependencies),
    grpc: { 'kindred.v1.RecommendationService': RecommendationServiceService },
  };
}

function moduleOf({ database, readDatabase, messaging, config }: RecommendationDependencies): DynamicModule {
  const settings = settingsOf(config);
  const tastes = new TasteService(database, new Models(database), settings);
  const recommender = recommenderOf(readDatabase, settings);
  return {
    module: RecommendationModule,
    controllers: [RecommendationController],
    providers: [
      { provide: RecommendService, useValue: new RecommendService(recommender) },
      { provide: SimilarService, useValue: new SimilarService(recommender) },
      {
        provide: Rebuilder,
        inject: [Log],
        useFactory: (log: Log) => new Rebuilder(database, tastes, settings, log),
      },
      {
        provide: Consumers,
        inject: [Readiness, Rebuilder],
        useFactory: (readiness: Readiness, rebuilder: Rebuilder) => {
          const changes = new UserChangesService(database, tastes, () => rebuilder.nudge());
          return new Consumers(messaging, changes, readiness);
        },
      },
    ],
  };
}

/** What answers Recommend and Similar over one database. */
export function recommenderOf(database: Database, settings: Settings): Recommender {
  const collections = new CollectionDirectory(database);
  return new Recommender(database, collections, new Models(database), new CollectionSizes(database), settings);
}
