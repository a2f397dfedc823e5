import type { Sql } from '@kindred/database';
import { collectionsChannel } from './collection.store.ts';

export interface PartitionIndex {
  method: 'none' | 'bm25' | 'gin' | 'hnsw';
  m: number;
  efConstruction: number;
}

/** Number of rows of the collection, counted up to `most`. */
export async function countUpTo(sql: Sql, table: string, collectionId: number, most: number): Promise<number> {
  const rows = await sql.query<{ rows: number }>(
    `select count(*)::int as rows from (select from kindred.${table}
      where tenant_id = kindred.tenant() and collection_id = $1 limit $2) counted`,
    [collectionId, most],
  );
  return rows[0]!.rows;
}

/** Builds the partition beside the live table. False when it is already in use. */
export async function buildPartition(
  sql: Sql,
  table: string,
  collectionId: number,
  index: PartitionIndex,
): Promise<boolean> {
  const rows = await sql.query<{ built: boolean }>('select kindred.build_partition($1, $2, $3, $4, $5) as built', [
    table,
    collectionId,
    index.method,
    index.m,
    index.efConstruction,
  ]);
  return rows[0]!.built;
}

/** Copies what changed since; returns the number of changed rows. */
export async function catchUpPartition(sql: Sql, table: string, collectionId: number): Promise<bigint> {
  const rows = await sql.query<{ changed: bigint }>('select kindred.catch_up_partition($1, $2) as changed', [
    table,
    collectionId,
  ]);
  return rows[0]!.changed;
}

/** The swap; tells every process that searches. */
export async function attachPartition(sql: Sql, table: string, collectionId: number): Promise<void> {
  await sql.query('select kindred.attach_partition($1, $2)', [table, collectionId]);
  await sql.query(
    `select pg_notify($2, tenant_id || '/' || name) from kindred.collections
      where tenant_id = kindred.tenant() and collection_id = $1`,
    [collectionId, collectionsChannel],
  );
}

/** Gathers the planner's statistics where they are missing or far behind. */
export async function refreshStatistics(sql: Sql, table: string, rows: number): Promise<void> {
  await sql.query('select kindred.refresh_statistics($1, $2)', [table, rows]);
}
