import type { Database } from '@kindred/database';
import {
  CollectionDirectory,
  examineIndex,
  expectedIndexBytes,
  type IndexSettings,
  promote,
  type QueryEmbedder,
  Search,
} from '@kindred/vector-index';
import { type BenchShop, fill, shop, tenant } from '../search/bench-shop.ts';
import { calibrated } from '../search/calibrated.ts';
import type { Side } from '../search/side.ts';
import { dimensions, type MixtureRow, type SyntheticMixture } from './synthetic-mixture.ts';

const limit = 10;
const judged = 200;
const recallTarget = 0.95;
const identity = { name: 'mixture', version: '1', provider: 'openai', dimensions, dtype: 'fp32' };

export interface IndexBytes {
  /** Bytes a vector. */
  each: number;
  /** By the vector's own 4 bytes a dimension; by an index of such elements with as many links. */
  ofVector: number;
  ofIndex: number;
}

/** One collection of the first `rows` rows of the mixture. */
export class ScaledShop {
  private exact: Set<string>[] | undefined;

  private constructor(
    readonly rows: number,
    private readonly database: Database,
    private readonly bench: BenchShop,
    private readonly queries: readonly MixtureRow[],
  ) {}

  /** Loaded as the services write, then indexed as a collection is that declares nothing; as it is where it is there already. */
  static async open(database: Database, mixture: SyntheticMixture, rows: number, queries: readonly MixtureRow[]) {
    const bench = await shop(database, { ...identity, artifactHash: 'c'.repeat(64) }, `mixture-${rows}`, []);
    await fill(database, bench, rows, (from, to) => {
      const made = Array.from({ length: to - from }, (_, at) => mixture.row(from + at));
      return { texts: made.map(({ text }) => text), facts: [], vectors: made.map(({ vector }) => vector) };
    });
    return new ScaledShop(rows, database, bench, queries);
  }

  /** The planner learns what breadth the recall takes, as it does of live queries. Undefined where it knows. */
  learn(held: readonly MixtureRow[]): Promise<number | undefined> {
    const { name } = this.bench.collection;
    return calibrated(
      this.database,
      name,
      held.map(({ vector }) => [...vector]),
    );
  }

  /** Declares another index and waits until it is in use. */
  async declare(index: IndexSettings): Promise<void> {
    const { collection, model } = this.bench;
    await this.database.query(
      { tenant },
      'update kindred.collections set index_settings = $1 where collection_id = $2',
      [JSON.stringify(index), collection.collectionId],
    );
    await promote(this.database, tenant, collection.collectionId, model, index);
  }

  async indexBytes(): Promise<IndexBytes> {
    const { collection, model } = this.bench;
    const { collectionId } = collection;
    const { index, indexBytes, rows } = await examineIndex(this.database, { tenant, collectionId, model });
    const spec = index!.spec;
    const full = expectedIndexBytes({ ...spec, element: 'vector' }, dimensions, rows);
    return { each: indexBytes / rows, ofVector: indexBytes / rows / (4 * dimensions), ofIndex: indexBytes / full };
  }

  /** Searches as the service does, in this process: without gRPC, whose share is the same at every size. */
  async searching(): Promise<{ search: Search; close: () => Promise<void> }> {
    const directory = new CollectionDirectory(this.database);
    const byText = new Map(this.queries.map(({ text, vector }) => [text, vector]));
    const embedder: QueryEmbedder = {
      embed: async (_tenant, model, input) => ({
        model: model.identity,
        vector: byText.get(input.kind === 'text' ? input.text : '')!,
      }),
    };
    return { search: new Search(this.database, directory, embedder), close: () => directory.close() };
  }

  /** By vector and by text and vector; sessions of the server besides this process. */
  sides(search: Search, pids: Side['pids']): { vector: Side; hybrid: Side } {
    const collection = this.bench.collection.name;
    const common = { tenant, collection, limit, recallTarget };
    const vector = (at: number) => search.query({ ...common, by: this.vectorOf(at) });
    const hybrid = (at: number) => search.query({ ...common, by: { kind: 'text', text: this.queries[at]!.text } });
    return { vector: { name: collection, run: vector, pids }, hybrid: { name: collection, run: hybrid, pids } };
  }

  /** Recall@10 by vector, and the plan of one such search. */
  async recall(search: Search): Promise<{ recall: number; plan: string }> {
    const asked = { tenant, collection: this.bench.collection.name, limit };
    const idsOf = async (at: number, how: { exact?: boolean; recallTarget?: number }) =>
      (await search.query({ ...asked, ...how, by: this.vectorOf(at) })).hits.map(({ itemId }) => itemId);
    if (!this.exact) {
      this.exact = [];
      for (let at = 0; at < judged; at++) this.exact.push(new Set(await idsOf(at, { exact: true })));
    }
    let found = 0;
    for (const [at, exact] of this.exact.entries())
      found += (await idsOf(at, { recallTarget })).filter((id) => exact.has(id)).length;
    const { plan } = await search.query({ ...asked, recallTarget, by: this.vectorOf(0) });
    const [leg] = plan.legs;
    return { recall: found / (limit * judged), plan: `${leg!.method} ${JSON.stringify(leg!.settings)}` };
  }

  private vectorOf = (at: number) => ({ kind: 'vector' as const, values: [...this.queries[at]!.vector], model: '' });
}
