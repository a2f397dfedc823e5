import type { Database } from '@kindred/database';
import type { CollectionRow } from '@kindred/vector-index';
import { FreshFor } from '../fresh-for.ts';
import { builtInScenarios, defaultScenario } from './built-in-scenarios.ts';
import { readScenarios } from './scenario.store.ts';
import type { StoredScenario } from './scenario.ts';
import { noScenario } from './scenario-of.ts';

/** The scenarios of collections; what another process declared is seen after a second. */
export class Scenarios {
  private readonly cached = new FreshFor<StoredScenario[]>(1_000);

  constructor(private readonly database: Database) {}

  /** Built-in ones first, replaced by declared ones of their names. */
  all(collection: CollectionRow): Promise<StoredScenario[]> {
    return this.cached.of(keyOf(collection), () => this.read(collection));
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
    );
  }

  forget(collection: CollectionRow): void {
    this.cached.forget(keyOf(collection));
  }

  private async read(collection: CollectionRow): Promise<StoredScenario[]> {
    const declared = await readScenarios(this.database, collection);
    const names = new Set(declared.map(({ name }) => name));
    const builtIn = builtInScenarios.filter(({ name }) => !names.has(name)).map((one) => ({ ...one, builtIn: true }));
    return [...builtIn, ...declared];
  }
}

const keyOf = ({ tenant, collectionId }: CollectionRow) => `${tenant}/${collectionId}`;
