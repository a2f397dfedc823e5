import type { Database } from '@kindred/database';
import type { CollectionRow } from '@kindred/vector-index';
import { builtInScenarios, defaultScenario } from './built-in-scenarios.ts';
import { readScenarios } from './scenario.store.ts';
import type { Scenario, StoredScenario } from './scenario.ts';
import { noScenario } from './scenario-of.ts';

/** What another process declared is seen after this long. */
const freshForMs = 1_000;
const mostEntries = 10_000;

/** The scenarios of collections, cached. */
export class Scenarios {
  private readonly cached = new Map<string, { until: number; all: Promise<StoredScenario[]> }>();

  constructor(private readonly database: Database) {}

  /** Built-in ones first, replaced by declared ones of their names. */
  all(collection: CollectionRow): Promise<StoredScenario[]> {
    const key = `${collection.tenant}/${collection.collectionId}`;
    const known = this.cached.get(key);
    if (known && known.until > performance.now()) return known.all;
    const all = this.read(collection);
    if (this.cached.size >= mostEntries) this.cached.clear();
    this.cached.set(key, { until: performance.now() + freshForMs, all });
    all.catch(() => this.cached.delete(key));
    return all;
  }

  /** The one of the name; empty: the default one. Throws FIELD_INVALID on "scenario". */
  async get(collection: CollectionRow, name: string): Promise<Scenario> {
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

  forget({ tenant, collectionId }: CollectionRow): void {
    this.cached.delete(`${tenant}/${collectionId}`);
  }

  private async read(collection: CollectionRow): Promise<StoredScenario[]> {
    const declared = await readScenarios(this.database, collection);
    const names = new Set(declared.map(({ name }) => name));
    const builtIn = builtInScenarios.filter(({ name }) => !names.has(name)).map((one) => ({ ...one, builtIn: true }));
    return [...builtIn, ...declared];
  }
}
