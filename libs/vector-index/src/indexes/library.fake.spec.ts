import { createHash } from 'node:crypto';
import type { Database, Scope } from '@kindred/database';
import type { CollectionRow, IndexSettings } from '../collection.store.ts';
import { CollectionDirectory } from '../collection-directory.ts';
import type { ModelTable } from '../models/model.store.ts';
import { ensureModel } from '../models/model-table.ts';
import { upsertVectors } from '../models/vector.store.ts';
import type { Distance } from '../search/distance.ts';
import { withoutTextSearch } from '../shop.fake.spec.ts';

/** Numbers from 0 to 1, the same in every run (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Vectors in clusters, as texts are, of length one; halves keep them exactly. */
export function clustered(count: number, dimensions: number, seed: number, clusters = 40): Float32Array[] {
  const random = seeded(seed);
  const gaussian = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const centers = Array.from({ length: clusters }, () => Array.from({ length: dimensions }, gaussian));
  return Array.from({ length: count }, () => {
    const center = centers[Math.floor(random() * clusters)]!;
    const values = center.map((value) => value + 0.7 * gaussian());
    const length = Math.hypot(...values);
    // Multiples of 1/1024 up to 1 are exact in eleven bits.
    return Float32Array.from(values, (value) => Math.round((value / length) * 1_024) / 1_024);
  });
}

/** The same as SQL scores it, in plain JavaScript. */
export function plainScore(distance: Distance, a: Float32Array, b: Float32Array): number {
  const pairs = [...a].map((value, at) => [value, b[at]!] as const);
  const sum = (of: (x: number, y: number) => number) => pairs.reduce((total, [x, y]) => total + of(x, y), 0);
  switch (distance) {
    case 'cosine':
    case 'inner_product':
      return sum((x, y) => x * y);
    case 'l2':
      return -Math.sqrt(sum((x, y) => (x - y) ** 2));
    case 'l1':
      return -sum((x, y) => Math.abs(x - y));
    case 'hamming':
      return -sum((x, y) => Number(x > 0 !== y > 0));
    case 'jaccard': {
      const both = sum((x, y) => Number(x > 0 && y > 0));
      return both / sum((x, y) => Number(x > 0 || y > 0));
    }
  }
}

/** The database, with sorts made dear: of so few rows PostgreSQL would sort all. Notes its plans of vector searches. */
export function preferringIndexes(database: Database, plans: string[]): Database {
  return {
    ...withoutTextSearch(database),
    query: async <Row>(asked: Scope, text: string, values?: unknown[]): Promise<Row[]> => {
      if (!text.includes('near as materialized')) return database.query<Row>(asked, text, values);
      const settings = { ...asked.settings, enable_sort: 'off', enable_seqscan: 'off' };
      const scope = { ...asked, settings } as Scope;
      const rows = await database.query<Record<string, string>>(scope, `explain ${text}`, values);
      plans.push(rows.map((row) => Object.values(row)[0]).join('\n'));
      return database.query<Row>(scope, text, values);
    },
  };
}

/** A collection of bare vectors. */
export class Library {
  private constructor(
    readonly database: Database,
    readonly collection: CollectionRow,
    readonly model: ModelTable,
  ) {}

  static async open(database: Database, tenant: string, dimensions: number, index: IndexSettings): Promise<Library> {
    await database.query(
      { tenant },
      `insert into kindred.collections (tenant_id, name, attributes, index_settings)
       values (kindred.tenant(), 'library', '[]', $1::jsonb)`,
      [JSON.stringify(index)],
    );
    const [collection] = await new CollectionDirectory(database).list(tenant);
    const artifactHash = createHash('sha256').update(`${tenant}${dimensions}`).digest('hex');
    const identity = { name: 'given', version: '1', provider: 'fake', dimensions, dtype: 'float32', artifactHash };
    return new Library(database, collection!, await ensureModel(database, tenant, identity));
  }

  /** Items i<from>... with these vectors. */
  async put(vectors: readonly Float32Array[], from = 0): Promise<void> {
    const { tenant, collectionId } = this.collection;
    await this.database.transaction({ tenant }, async (sql) => {
      await sql.query(
        `insert into kindred.items (tenant_id, collection_id, item_id, revision, title, content_hash)
         select kindred.tenant(), $1, 'i' || n, 1, 'item ' || n, '\\x00' from generate_series($2::int, $3::int) n
         on conflict do nothing`,
        [collectionId, from, from + vectors.length - 1],
      );
      const rows = vectors.map((vector, at) => ({
        itemId: `i${from + at}`,
        revision: 1n,
        contentHash: Buffer.from([0]),
        vector,
      }));
      await upsertVectors(this.database, sql, this.model, collectionId, rows);
    });
  }

  /** What the declaration says from now on. */
  async declare(index: IndexSettings): Promise<void> {
    const { tenant, name } = this.collection;
    await this.database.query({ tenant }, 'update kindred.collections set index_settings = $2::jsonb where name = $1', [
      name,
      JSON.stringify(index),
    ]);
  }

  get vectors() {
    const { tenant, collectionId } = this.collection;
    return { tenant, collectionId, model: this.model };
  }
}
