import type { Database } from '@kindred/database';
import type { Log } from '@kindred/runtime';
import { CollectionDirectory } from '@kindred/vector-index';
import { AbsenceService, type Answering } from './absence/absence.service.ts';
import { CollectionItems } from './collection-items.ts';
import { ExperimentService } from './experiments/experiment.service.ts';
import { Experimenter } from './experiments/experimenter.ts';
import { RecommendedLog } from './experiments/recommended-log.ts';
import { Histories } from './history/histories.ts';
import { Models } from './models.ts';
import { Newcomers } from './newcomers/newcomers.ts';
import { ContentSource } from './recommend/content-source.ts';
import { Gatherer } from './recommend/gather.ts';
import { NextService } from './recommend/next.service.ts';
import { PersonalizeService } from './recommend/personalize.service.ts';
import { RecommendService } from './recommend/recommend.service.ts';
import { Recommender } from './recommend/recommender.ts';
import { SimilarService } from './recommend/similar.service.ts';
import { TrendingService } from './recommend/trending.service.ts';
import { ReplayService } from './replay/replay.service.ts';
import { ScenarioService } from './scenario/scenario.service.ts';
import { Scenarios } from './scenario/scenarios.ts';
import type { Settings } from './settings.ts';
import { Tables } from './tables/tables.ts';
import { Trends } from './trends/trends.ts';

export interface AnsweringDependencies {
  database: Database;
  /** Answers requests; may be a replica. */
  readDatabase: Database;
  settings: Settings;
  log: Log;
}

/** What answers requests, put together. */
export function answeringOf({ database, readDatabase, settings, log }: AnsweringDependencies) {
  const collections = new CollectionDirectory(readDatabase);
  // Declared and looked up in the database that is written to, so that what was put answers at once.
  const scenarios = new Scenarios(database);
  const models = new Models(readDatabase);
  const newcomers = new Newcomers(readDatabase, models, log);
  const tables = new Tables(readDatabase, newcomers, settings.tableBytes);
  const histories = new Histories(readDatabase, settings.historyBytes);
  const content = new ContentSource(readDatabase, models);
  const gatherer = new Gatherer(histories, tables, new Trends(readDatabase, settings), content, settings);
  const recommender = new Recommender(readDatabase, collections, gatherer, models, new CollectionItems(readDatabase));
  const recommended = new RecommendedLog(database, log);
  const experimenter = new Experimenter(recommender, scenarios, recommended);
  const answering: Answering = {
    recommend: new RecommendService(recommender, scenarios, experimenter),
    similar: new SimilarService(recommender, scenarios, experimenter),
    personalize: new PersonalizeService(recommender, scenarios, experimenter),
    trending: new TrendingService(recommender),
    next: new NextService(recommender, scenarios, experimenter),
  };
  return {
    answering,
    histories,
    recommended,
    experiments: new ExperimentService(database, collections, scenarios, settings),
    replays: new ReplayService(readDatabase, collections, scenarios, settings),
    absences: new AbsenceService(recommender, gatherer, answering, experimenter),
    scenarios: new ScenarioService(database, collections, scenarios),
  };
}
