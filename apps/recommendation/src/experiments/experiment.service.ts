import {
  type CreateExperimentRequest,
  type CreateExperimentResponse,
  type GetExperimentStatusRequest,
  type GetExperimentStatusResponse,
  KindredError,
  type ListExperimentsRequest,
  type ListExperimentsResponse,
  type StopExperimentRequest,
  type StopExperimentResponse,
} from '@kindred/contracts';
import type { Database, Sql } from '@kindred/database';
import { type CollectionDirectory, type CollectionRow, invalid } from '@kindred/vector-index';
import { builtInScenarios } from '../scenario/built-in-scenarios.ts';
import { readScenarioNames } from '../scenario/scenario.store.ts';
import { noScenario } from '../scenario/scenario-of.ts';
import type { Scenarios } from '../scenario/scenarios.ts';
import type { Settings } from '../settings.ts';
import * as store from './experiment.store.ts';
import type { Experiment, ExperimentSettings } from './experiment.ts';
import { experimentOf, nameOf, wireExperiment } from './experiment-of.ts';
import { countExperiment } from './results.store.ts';
import { alphaEach, armResults, notesOf } from './results.ts';

const longestReason = 1_000;

/** Answers the ExperimentService. Throws a KindredError that names the field. */
export class ExperimentService {
  constructor(
    private readonly database: Database,
    private readonly collections: CollectionDirectory,
    private readonly scenarios: Scenarios,
    private readonly settings: Settings,
  ) {}

  async create({ experiment }: CreateExperimentRequest, tenant: string): Promise<CreateExperimentResponse> {
    if (!experiment)
      throw new KindredError('FIELD_MISSING', 'experiment', 'experiment is missing; give what to compare');
    const row = await this.collections.get(tenant, experiment.collection);
    const settings = experimentOf(experiment);
    const created = await this.database.transaction({ tenant }, async (sql) => {
      await store.holdScenarios(sql, row.collectionId);
      await refuseUnknown(sql, row, settings);
      await refuseTaken(sql, row, settings);
      return store.insertExperiment(sql, row.collectionId, settings, `${row.name}/${settings.name}`);
    });
    this.scenarios.forget(row);
    return { experiment: wireExperiment(created, row) };
  }

  async list({ collection }: ListExperimentsRequest, tenant: string): Promise<ListExperimentsResponse> {
    const row = collection === '' ? undefined : await this.collections.get(tenant, collection);
    const found = await store.listExperiments(this.database, tenant, row?.collectionId);
    return { experiments: found.map((one) => wireExperiment(one.experiment, { name: one.collection })) };
  }

  async status(
    request: GetExperimentStatusRequest,
    tenant: string,
    signal?: AbortSignal,
  ): Promise<GetExperimentStatusResponse> {
    const row = await this.collections.get(tenant, request.collection);
    const { collectionId } = row;
    const name = nameOf(request.name, 'name', 'experiment');
    const scope = { tenant, readOnly: true };
    const found = await this.database.transaction(scope, (sql) => store.readExperiment(sql, collectionId, name));
    const experiment = found ?? noExperiment(name);
    const { robotEventsPerMinute } = this.settings;
    const counted = await countExperiment(
      this.database,
      { tenant, collectionId, signal },
      experiment,
      robotEventsPerMinute,
    );
    const arms = armResults(experiment, counted);
    return {
      experiment: wireExperiment(experiment, row),
      arms,
      robots: BigInt(counted.robots),
      robotAnswers: BigInt(counted.robotAnswers),
      alphaEach: alphaEach(experiment),
      notes: notesOf(experiment, arms, counted),
    };
  }

  async stop(
    { collection, name: given, reason }: StopExperimentRequest,
    tenant: string,
  ): Promise<StopExperimentResponse> {
    const row = await this.collections.get(tenant, collection);
    const name = nameOf(given, 'name', 'experiment');
    if (reason.length > longestReason || reason.includes('\u0000'))
      throw invalid('reason', 'is too long, or has a null byte', `give at most ${longestReason} characters`);
    const stopped: Experiment | undefined = await this.database.transaction({ tenant }, (sql) =>
      store.stopExperiment(sql, row.collectionId, name, reason),
    );
    this.scenarios.forget(row);
    return { experiment: wireExperiment(stopped ?? noExperiment(name), row) };
  }
}

async function refuseUnknown(
  sql: Sql,
  { collectionId }: CollectionRow,
  { scenario, arms, holdout }: ExperimentSettings,
) {
  const declared = await readScenarioNames(sql, collectionId);
  const known = [...new Set([...builtInScenarios.map(({ name }) => name), ...declared])];
  const named: [string, string][] = [
    ['experiment.scenario', scenario],
    ...arms.map((arm, at): [string, string] => [`experiment.arms[${at}].scenario`, arm.scenario]),
    ...(holdout ? [['experiment.holdout.scenario', holdout.scenario] as [string, string]] : []),
  ];
  for (const [field, name] of named) if (!known.includes(name)) throw noScenario(name, field, known);
}

/** One experiment per scenario and name. */
async function refuseTaken(sql: Sql, { collectionId, name: collection }: CollectionRow, settings: ExperimentSettings) {
  const { name, scenario } = settings;
  if (await store.readExperiment(sql, collectionId, name)) {
    const message = `There is an experiment "${name}" in ${collection} already; give this one another name`;
    throw new KindredError('EXPERIMENT_EXISTS', 'experiment.name', message);
  }
  const other = await store.readExperimentOn(sql, collectionId, scenario);
  if (other === undefined) return;
  const message = `The experiment "${other}" runs on the scenario "${scenario}"; stop it first, or experiment on another scenario`;
  throw new KindredError('SCENARIO_IN_EXPERIMENT', 'experiment.scenario', message);
}

function noExperiment(name: string): never {
  const message = `There is no experiment "${name}" in the collection; ListExperiments shows those there are`;
  throw new KindredError('EXPERIMENT_NOT_FOUND', 'name', message);
}
