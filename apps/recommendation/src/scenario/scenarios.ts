import type { Database } from '@kindred/database';
import type { CollectionRow } from '@kindred/vector-index';
import { readRunning } from '../experiments/experiment.store.ts';
import type { Experiment } from '../experiments/experiment.ts';
import { FreshFor } from '../fresh-for.ts';
import { builtInScenarios, defaultScenario } from './built-in-scenarios.ts';
import { readScenarios } from './scenario.store.ts';
import type { StoredScenario } from './scenario.ts';
import { noScenario } from './scenario-of.ts';

interface Declared {
  scenarios: StoredScenario[];
  running: Experiment[];
}

/** The scenarios of collections, and the experiments on them; what another process declared is seen after a second. */
export class Scenarios {
  private readonly cached = new FreshFor<Declared>(1_000);

  constructor(private readonly database: Database) {}

  /** Built-in ones first, replaced by declared ones of their names. */
  async all(collection: CollectionRow): Promise<StoredScenario[]> {
    return (await this.declared(collection)).scenarios;
  }

  /** The experiment that runs on the scenario. */
  async experimentOn(collection: CollectionRow, scenario: string): Promise<Experiment | undefined> {
    return (await this.declared(collection)).running.find((one) => one.scenario === scenario);
  }

  /** The one of the name; empty: the default one. Throws FIELD_INVALID on "scenario". */
  async get(collection: CollectionRow, name: string): Promise<StoredScenario> {
    const wanted = name === '' ? defaultScenario.name : name;
    const all = await this.all(collection);
    const found = all.find((one) => one.name === wanted);
    if (found) return found;
    throw noScenario(
      name,
      'scenario',
      all.map((one) => one.name),
      true,
    );
  }

  forget(collection: CollectionRow): void {
    this.cached.forget(keyOf(collection));
  }

  private declared(collection: CollectionRow): Promise<Declared> {
    return this.cached.of(keyOf(collection), () => this.read(collection));
  }

  private async read(collection: CollectionRow): Promise<Declared> {
    const reading = [readScenarios(this.database, collection), readRunning(this.database, collection)] as const;
    const [declared, running] = await Promise.all(reading);
    const names = new Set(declared.map(({ name }) => name));
    const builtIn = builtInScenarios.filter(({ name }) => !names.has(name)).map((one) => ({ ...one, builtIn: true }));
    return { scenarios: [...builtIn, ...declared], running };
  }
}

const keyOf = ({ tenant, collectionId }: CollectionRow) => `${tenant}/${collectionId}`;
