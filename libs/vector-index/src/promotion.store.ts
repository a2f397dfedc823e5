import type { Sql } from '@kindred/database';
import { announceCollectionId } from './collection.store.ts';

/** Number of rows of the collection, counted up to `most`. */
export async function countUpTo(sql: Sql, table: string, collectionId: number, most: number): Promise<number> {
  const rows = await sql.query<{ rows: number }>(
    `select count(*)::int as rows from (select from kindred.${table}
      where tenant_id = kindred.tenant() and collection_id = $1 limit $2) counted`,
    [collectionId, most],
  );
  return rows[0]!.rows;
}

/** Builds the partition of documents beside the live table. False when it is already in use. */
export async function buildDocuments(sql: Sql, collectionId: number, method: 'bm25' | 'gin'): Promise<boolean> {
  const rows = await sql.query<{ built: boolean }>(
    `select kindred.build_partition('documents', $1, $2, 0, 0) as built`,
    [collectionId, method],
  );
  return rows[0]!.built;
}

/** Copies what changed since; returns the number of changed rows. */
export async function catchUpDocuments(sql: Sql, collectionId: number): Promise<bigint> {
  const rows = await sql.query<{ changed: bigint }>(`select kindred.catch_up_partition('documents', $1) as changed`, [
    collectionId,
  ]);
  return rows[0]!.changed;
}

/** The swap; tells every process that searches. */
export async function attachDocuments(sql: Sql, collectionId: number): Promise<void> {
  await sql.query(`select kindred.attach_partition('documents', $1)`, [collectionId]);
  await announceCollectionId(sql, collectionId);
}

/** Gathers the planner's statistics where they are missing or far behind. */
export async function refreshStatistics(sql: Sql, table: string, rows: number): Promise<void> {
  await sql.query('select kindred.refresh_statistics($1, $2)', [table, rows]);
}
