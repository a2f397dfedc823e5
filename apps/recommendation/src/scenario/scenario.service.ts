import {
  type DeleteScenarioRequest,
  type DeleteScenarioResponse,
  type GetScenarioRequest,
  type GetScenarioResponse,
  KindredError,
  type ListScenariosRequest,
  type ListScenariosResponse,
  type PutScenarioRequest,
  type PutScenarioResponse,
} from '@kindred/contracts';
import type { Database, Sql } from '@kindred/database';
import type { CollectionDirectory, CollectionRow } from '@kindred/vector-index';
import { holdScenarios, readUserOf } from '../experiments/experiment.store.ts';
import { removeScenario, writeScenario } from './scenario.store.ts';
import { noScenario, scenarioOf, wireScenario } from './scenario-of.ts';
import type { Scenarios } from './scenarios.ts';

/** Answers the RPCs about scenarios. Throws a KindredError that names the field. */
export class ScenarioService {
  constructor(
    /** Is written to; requests read from another perhaps. */
    private readonly database: Database,
    private readonly collections: CollectionDirectory,
    private readonly scenarios: Scenarios,
  ) {}

  async list({ collection }: ListScenariosRequest, tenant: string): Promise<ListScenariosResponse> {
    const row = await this.collections.get(tenant, collection);
    return { scenarios: (await this.scenarios.all(row)).map((one) => wireScenario(one, row.name)) };
  }

  async get({ collection, name }: GetScenarioRequest, tenant: string): Promise<GetScenarioResponse> {
    const row = await this.collections.get(tenant, collection);
    const all = await this.scenarios.all(row);
    const found = all.find((one) => one.name === name);
    if (!found)
      throw noScenario(
        name,
        'name',
        all.map((one) => one.name),
      );
    return { scenario: wireScenario(found, row.name) };
  }

  async put({ scenario }: PutScenarioRequest, tenant: string): Promise<PutScenarioResponse> {
    if (!scenario) throw new KindredError('FIELD_MISSING', 'scenario', 'scenario is missing; give what to declare');
    const row = await this.collections.get(tenant, scenario.collection);
    const declared = scenarioOf(scenario, row);
    const stored = await this.changing(row, declared.name, 'scenario.name', (sql) => writeScenario(sql, row, declared));
    return { scenario: wireScenario(stored, row.name) };
  }

  async delete({ collection, name }: DeleteScenarioRequest, tenant: string): Promise<DeleteScenarioResponse> {
    const row = await this.collections.get(tenant, collection);
    return { deleted: await this.changing(row, name, 'name', (sql) => removeScenario(sql, row, name)) };
  }

  /** Throws SCENARIO_IN_EXPERIMENT: what an arm is made of stays the same while it is counted. */
  private async changing<Result>(
    row: CollectionRow,
    name: string,
    field: string,
    change: (sql: Sql) => Promise<Result>,
  ): Promise<Result> {
    const result = await this.database.transaction({ tenant: row.tenant }, async (sql) => {
      await holdScenarios(sql, row.collectionId);
      const experiment = await readUserOf(sql, row.collectionId, name);
      if (experiment === undefined) return change(sql);
      const message = `The experiment "${experiment}" runs on the scenario "${name}"; stop it, or declare another name`;
      throw new KindredError('SCENARIO_IN_EXPERIMENT', field, message);
    });
    this.scenarios.forget(row);
    return result;
  }
}
