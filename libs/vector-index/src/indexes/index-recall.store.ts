import type { Sql } from '@kindred/database';
import type { ModelTable } from '../models/model.store.ts';
import { decodeVector } from '../models/vector.store.ts';
import { indexOrder, typeOf } from '../search/dense-leg.ts';
import { scoreSql } from '../search/distance.ts';
import { partitionOf } from '../search/layout.store.ts';
import type { IndexRecall } from './index-recall.ts';
import type { IndexSpec } from './index-spec.ts';
import { compared } from './recall-curve.ts';

/** A partition, or a copy that will be one, and the HNSW index that it has. */
export interface Measured {
  model: ModelTable;
  spec: Extract<IndexSpec, { method: 'hnsw' }>;
  partition: string;
}

const indexedRows = ({ partition, spec }: Measured) =>
  `from kindred.${partition} v where ${spec.recent ? 'not v.recent' : 'true'}`;

/** How many vectors the index has, and some of them: the same every time. */
export async function readStored(sql: Sql, index: Measured, most: number) {
  const [counted] = await sql.query<{ rows: bigint }>(`select count(*) as rows ${indexedRows(index)}`);
  const rows = await sql.query<{ embedding: Buffer }>(
    `select vector_send(v.embedding::vector) as embedding ${indexedRows(index)}
      order by hashtextextended(v.item_id, 0) limit $1`,
    [most],
  );
  return { rows: Number(counted!.rows), vectors: rows.map(({ embedding }) => decodeVector(embedding)) };
}

/** Distances of the nearest, by looking at all. */
export function readExact(sql: Sql, index: Measured, probe: unknown): Promise<number[]> {
  const text = `select ${scoreOf(index)} as score ${indexedRows(index)} order by score desc limit ${compared}`;
  return distances(sql, text, probe);
}

/** The same by the index; of signs it gives as many as the search is broad, to be compared in full. */
export function readFound(sql: Sql, index: Measured, probe: unknown, efSearch: number): Promise<number[]> {
  const { model, spec } = index;
  const { order, rescored } = indexOrder(
    { model, index: { spec, cast: spec.element !== model.element } },
    targetOf(index),
  );
  const near = (what: string, most: number) => `select ${what} ${indexedRows(index)} order by ${order} limit ${most}`;
  if (!rescored) return distances(sql, near(`${scoreOf(index)} as score`, compared), probe);
  const text = `select ${scoreOf(index)} as score from (${near('v.embedding', efSearch)}) v order by score desc limit ${compared}`;
  return distances(sql, text, probe);
}

const scoreOf = (index: Measured) =>
  scoreSql(index.spec.element === 'bit' ? 'inner_product' : index.spec.distance, 'v.embedding', targetOf(index));
const targetOf = ({ model }: Measured) => `$1::vector::${typeOf(model)}`;

async function distances(sql: Sql, text: string, probe: unknown): Promise<number[]> {
  const rows = await sql.query<{ score: number }>(text, [probe]);
  return rows.map(({ score }) => -score);
}

/** Until the transaction ends the index is searched so broadly, and what it serves is not sorted instead. */
export async function widen(sql: Sql, efSearch: number): Promise<void> {
  await sql.query(
    `select set_config('hnsw.ef_search', $1, true), set_config('enable_seqscan', 'off', true), set_config('enable_sort', 'off', true)`,
    [String(efSearch)],
  );
}

/** In the place of what was measured before, and of what was of indexes that are gone. */
export async function saveRecall(
  sql: Sql,
  { collectionId, partition }: { collectionId: number; partition: string },
  { rows, probes, points }: Omit<IndexRecall, 'measuredAt'>,
): Promise<void> {
  await sql.query(
    `delete from kindred.index_recall r where r.tenant_id = kindred.tenant() and r.collection_id = $1
        and not exists (select from pg_class c where c.oid = r.partition)`,
    [collectionId],
  );
  await sql.query(
    `insert into kindred.index_recall (tenant_id, collection_id, partition, rows, probes, points)
     select kindred.tenant(), c.collection_id, to_regclass('kindred.' || quote_ident($2)), $3, $4, $5::jsonb
       from kindred.collections c where c.tenant_id = kindred.tenant() and c.collection_id = $1
     on conflict (tenant_id, collection_id, partition) do update set measured_at = now(), rows = excluded.rows,
       probes = excluded.probes, points = excluded.points`,
    [collectionId, partition, rows, probes, JSON.stringify(points)],
  );
}

interface Row extends Omit<IndexRecall, 'rows'> {
  rows: bigint;
}

/** What is known of the index in use on the collection's vectors in this table. */
export async function readIndexRecall(sql: Sql, collectionId: number, table: string): Promise<IndexRecall | undefined> {
  const [row] = await sql.query<Row>(
    `select r.rows, r.probes, r.points, r.measured_at as "measuredAt" from kindred.index_recall r
      where r.tenant_id = kindred.tenant() and r.collection_id = $1
        and r.partition = (select h.inhrelid from pg_inherits h where h.inhrelid = to_regclass('kindred.' || quote_ident($2)))`,
    [collectionId, partitionOf(table, collectionId)],
  );
  return row && { ...row, rows: Number(row.rows) };
}
