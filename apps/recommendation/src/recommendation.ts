import { ExperimentServiceService, RecommendationServiceService, TrainingServiceService } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import type { Messaging } from '@kindred/messaging';
import { Log, Metrics, Readiness, type Service } from '@kindred/runtime';
import type { DynamicModule, Type } from '@nestjs/common';
import { AbsenceService } from './absence/absence.service.ts';
import { answeringOf } from './answering.ts';
import { Consumers } from './consumers.ts';
import { ExperimentController } from './experiments/experiment.controller.ts';
import { ExperimentService } from './experiments/experiment.service.ts';
import { ExperimentWatch } from './experiments/experiment-watch.ts';
import { RecommendedLog } from './experiments/recommended-log.ts';
import { Models } from './models.ts';
import { Rebuilder } from './rebuild/rebuilder.ts';
import { NextService } from './recommend/next.service.ts';
import { PersonalizeService } from './recommend/personalize.service.ts';
import { RecommendService } from './recommend/recommend.service.ts';
import { AbsenceController, RecommendationController } from './recommend/recommendation.controller.ts';
import { SimilarService } from './recommend/similar.service.ts';
import { TrendingService } from './recommend/trending.service.ts';
import { ReplayController } from './replay/replay.controller.ts';
import { ReplayService } from './replay/replay.service.ts';
import { RobotMetrics } from './robots/robot-metrics.ts';
import { ScenarioController } from './scenario/scenario.controller.ts';
import { ScenarioService } from './scenario/scenario.service.ts';
import { type RecommendationConfig, settingsOf } from './settings.ts';
import { TasteService } from './taste/taste.service.ts';
import { UserChangesService } from './taste/user-changes.service.ts';
import { TrainingController } from './training/training.controller.ts';
import { TrainingService } from './training/training.service.ts';
import { TrainingSchedule } from './training/training-schedule.ts';

export interface RecommendationDependencies {
  database: Database;
  /** Answers requests; may be a replica. */
  readDatabase: Database;
  messaging: Messaging;
  config?: Partial<RecommendationConfig>;
}

class RecommendationModule {}

/** What answers requests, put together once. */
const made = Symbol('answering');
const part = <Part>(provide: Type<Part>, of: (answering: ReturnType<typeof answeringOf>) => Part) => ({
  provide,
  inject: [made],
  useFactory: of,
});

const parts = [
  part(RecommendService, ({ answering }) => answering.recommend),
  part(SimilarService, ({ answering }) => answering.similar),
  part(PersonalizeService, ({ answering }) => answering.personalize),
  part(TrendingService, ({ answering }) => answering.trending),
  part(NextService, ({ answering }) => answering.next),
  part(AbsenceService, ({ absences }) => absences),
  part(ScenarioService, ({ scenarios }) => scenarios),
  part(ExperimentService, ({ experiments }) => experiments),
  part(ReplayService, ({ replays }) => replays),
  part(RecommendedLog, ({ recommended }) => recommended),
];

/** User changes in, tastes and derived tables kept; recommendations of every kind. */
export function recommendationService(dependencies: RecommendationDependencies): Service {
  return {
    name: 'recommendation',
    module: moduleOf(dependencies),
    grpc: {
      'kindred.v1.RecommendationService': RecommendationServiceService,
      'kindred.v1.ExperimentService': ExperimentServiceService,
      'kindred.v1.TrainingService': TrainingServiceService,
    },
  };
}

function moduleOf({ database, readDatabase, messaging, config }: RecommendationDependencies): DynamicModule {
  const settings = settingsOf(config);
  const tastes = new TasteService(database, new Models(database), settings);
  const trainings = new TrainingService(database, settings);
  return {
    module: RecommendationModule,
    controllers: [
      RecommendationController,
      AbsenceController,
      ScenarioController,
      ExperimentController,
      ReplayController,
      TrainingController,
    ],
    providers: [
      {
        provide: made,
        inject: [Log],
        useFactory: (log: Log) => answeringOf({ database, readDatabase, settings, log }),
      },
      ...parts,
      { provide: TrainingService, useValue: trainings },
      {
        provide: TrainingSchedule,
        inject: [Log],
        useFactory: (log: Log) => new TrainingSchedule(database, trainings, settings, log),
      },
      {
        provide: ExperimentWatch,
        inject: [Log],
        useFactory: (log: Log) => new ExperimentWatch(database, settings, log),
      },
      {
        provide: Rebuilder,
        inject: [Log],
        useFactory: (log: Log) => new Rebuilder(database, tastes, settings, log),
      },
      {
        provide: RobotMetrics,
        inject: [Metrics, Log],
        useFactory: (metrics: Metrics, log: Log) => new RobotMetrics(metrics, readDatabase, log),
      },
      {
        provide: Consumers,
        inject: [Readiness, Rebuilder, made],
        useFactory: (readiness: Readiness, rebuilder: Rebuilder, { histories }: ReturnType<typeof answeringOf>) => {
          const changes = new UserChangesService(database, tastes, (tenant, { users, sessions, erased }) => {
            rebuilder.nudge();
            if (erased.length > 0) histories.forget(tenant, erased);
            void histories.refresh(tenant, users, sessions);
          });
          return new Consumers(messaging, changes, readiness);
        },
      },
    ],
  };
}
