import type { Database, Sql } from '@kindred/database';
import type { CollectionRow } from '../collection.store.ts';
import { readIndexRecall } from '../indexes/index-recall.store.ts';
import type { IndexRecall } from '../indexes/index-recall.ts';
import { type LiveRecall, readLiveRecall } from '../indexes/live-recall.store.ts';
import { type BuiltIndex, builtIndex, countRecent, type IndexRow, readIndexes } from '../indexes/vector-index.store.ts';
import { type CollectionModel, readCollectionModels } from '../models/collection-models.store.ts';

/** How a collection is stored right now. */
export interface Layout {
  items: bigint;
  /** BM25 index over the collection's own partition of documents; absent where there is none. */
  lexicalIndex?: string;
  /** Stock PostgreSQL's index over the terms. */
  hasTermIndex: boolean;
  models: ModelLayout[];
}

export interface ModelLayout extends CollectionModel {
  /** Approximate nearest neighbors over the collection's own partition. */
  index?: LayoutIndex;
}

export interface LayoutIndex extends BuiltIndex {
  method: 'hnsw' | 'ivfflat';
  partition: string;
  /** Vectors written since the index was built, a few seconds ago; absent where the index has these too. */
  recentRows?: number;
  /** As it was measured when it was built; absent where it was not. */
  recall?: IndexRecall;
  /** As live queries without a filter found it; absent until enough were measured. */
  live?: LiveRecall;
}

export type IndexMethod = `vector_${'hnsw' | 'ivfflat'}${'' | '_bit'}`;

/** "vector_hnsw", or "vector_hnsw_bit" where the index finds by signs alone. */
export const indexMethodOf = ({ method, spec }: LayoutIndex): IndexMethod =>
  `vector_${method}${spec.element === 'bit' ? '_bit' : ''}`;

/** How its vectors are searched: "vector_exact", "vector_hnsw", ... */
export const vectorMethodOf = ({ index }: ModelLayout): string => (index ? indexMethodOf(index) : 'vector_exact');

/** The collection's own partition of a partitioned table. */
export const partitionOf = (table: string, collectionId: number) => `${table}_c${collectionId}`;

/** That takes its place when it is done. */
export const copyOf = (table: string, collectionId: number) => `${partitionOf(table, collectionId)}_next`;

const itemsSql = `
  select count(*) as items from kindred.items
   where tenant_id = kindred.tenant() and collection_id = $1 and not deleted`;

export function readLayout(database: Database, { tenant, collectionId }: CollectionRow): Promise<Layout> {
  return database.transaction({ tenant, readOnly: true }, async (sql) => {
    const [counted] = await sql.query<{ items: bigint }>(itemsSql, [collectionId]);
    const models = await readCollectionModels(sql, collectionId);
    const partitions = ['documents', ...models.map(({ model }) => model.table)].map((table) =>
      partitionOf(table, collectionId),
    );
    const indexes = await readIndexes(sql, partitions);
    const layouts: ModelLayout[] = [];
    for (const one of models) {
      layouts.push(await modelLayout(sql, one, collectionId, indexes));
    }
    const bm25 = indexes.find((row) => row.method === 'bm25');
    return {
      items: counted!.items,
      lexicalIndex: database.features.textSearch === null ? undefined : bm25?.index,
      hasTermIndex: indexes.some((row) => row.method === 'gin'),
      models: layouts,
    };
  });
}

async function modelLayout(
  sql: Sql,
  model: CollectionModel,
  collectionId: number,
  indexes: IndexRow[],
): Promise<ModelLayout> {
  const { table } = model.model;
  const partition = partitionOf(table, collectionId);
  const built = builtIndex(indexes, partition);
  if (!built) return model;
  const { spec } = built;
  if (spec.method !== 'hnsw') return { ...model, index: { ...built, method: spec.method, partition } };
  const recall = await readIndexRecall(sql, collectionId, table);
  const live = await readLiveRecall(sql, collectionId, { partition, spec });
  const index = { ...built, method: spec.method, partition, recall, live };
  if (!spec.recent) return { ...model, index };
  return { ...model, index: { ...index, recentRows: await countRecent(sql, table, collectionId) } };
}
