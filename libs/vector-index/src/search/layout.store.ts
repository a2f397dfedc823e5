import type { Database } from '@kindred/database';
import type { CollectionRow } from '../collection.store.ts';
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
  index?: { method: 'hnsw' | 'ivfflat'; partition: string };
}

/** How its vectors are searched: "vector_exact", "vector_hnsw", ... */
export const vectorMethodOf = ({ index }: ModelLayout): string => (index ? `vector_${index.method}` : 'vector_exact');

/** The collection's own partition of a partitioned table. */
export const partitionOf = (table: string, collectionId: number) => `${table}_c${collectionId}`;

interface IndexRow {
  partition: string;
  method: string;
  index: string;
}

// An index that is still being built, or a partition not yet attached, is not there.
const indexesSql = `
  select t.relname::text as partition, m.amname::text as method, x.relname::text as index
    from pg_inherits h
    join pg_class t on t.oid = h.inhrelid and t.relnamespace = 'kindred'::regnamespace
    join pg_index n on n.indrelid = t.oid and n.indisvalid
    join pg_class x on x.oid = n.indexrelid
    join pg_am m on m.oid = x.relam
   where t.relname = any($1::text[]::name[]) and m.amname in ('bm25', 'gin', 'hnsw', 'ivfflat')`;

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
    const indexes = await sql.query<IndexRow>(indexesSql, [partitions]);
    const bm25 = indexes.find((row) => row.method === 'bm25');
    return {
      items: counted!.items,
      lexicalIndex: database.features.textSearch === null ? undefined : bm25?.index,
      hasTermIndex: indexes.some((row) => row.method === 'gin'),
      models: models.map((one) => modelLayout(one, partitionOf(one.model.table, collectionId), indexes)),
    };
  });
}

function modelLayout(model: CollectionModel, partition: string, indexes: IndexRow[]): ModelLayout {
  const index = indexes.find((row) => row.partition === partition);
  if (index?.method !== 'hnsw' && index?.method !== 'ivfflat') return model;
  return { ...model, index: { method: index.method, partition } };
}
