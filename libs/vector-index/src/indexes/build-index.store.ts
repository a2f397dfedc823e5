import type { Sql } from '@kindred/database';
import { partitionOf } from '../search/layout.store.ts';
import { type IndexSpec, operators } from './index-spec.ts';
import type { Segment } from './segments.ts';

/** As kindred.vector_index_definition reads it. */
function written(spec: IndexSpec): string {
  if (spec.method === 'none') return JSON.stringify(spec);
  const { method, element, distance } = spec;
  const numbers =
    spec.method === 'hnsw'
      ? { m: spec.m, ef_construction: spec.efConstruction, recent: spec.recent, segments: factsOf(spec.segments) }
      : { lists: spec.lists };
  return JSON.stringify({ method, element, operator: operators[distance], ...numbers });
}

// Without their counts, which differ from look to look: a copy is known by its spec.
const factsOf = (segments: readonly Segment[] = []) => segments.map(({ field, value }) => ({ field, value }));

/** Moves the collection's vectors into a partition of their own; all others wait. Its oid; undefined where they have one. */
export async function ownVectors(sql: Sql, table: string, collectionId: number): Promise<bigint | undefined> {
  const [own] = await sql.query<{ moved: boolean }>('select kindred.own_vectors($1, $2) as moved', [
    table,
    collectionId,
  ]);
  if (!own!.moved) return undefined;
  const [made] = await sql.query<{ oid: bigint }>(`select to_regclass('kindred.' || $1)::oid::int8 as oid`, [
    partitionOf(table, collectionId),
  ]);
  return made!.oid;
}

/** From its commit on all changes of the partition are noted for the copy. False when another than `seen` is in use by now. */
export async function beginCopy(
  sql: Sql,
  table: string,
  collectionId: number,
  spec: IndexSpec,
  seen: bigint,
): Promise<boolean> {
  const rows = await sql.query<{ begun: boolean }>(
    'select kindred.begin_vector_copy($1, $2, $3::jsonb, $4::int8::oid) as begun',
    [table, collectionId, written(spec), seen],
  );
  return rows[0]!.begun;
}

/** From its commit on all changes of the segments in `spec` are seen by the copy that is filled next. */
export async function followSegments(sql: Sql, table: string, collectionId: number, spec: IndexSpec): Promise<void> {
  await sql.query('select kindred.follow_segments($1, $2, $3::jsonb)', [table, collectionId, written(spec)]);
}

/** Copies the collection's rows. False when the copy is for another index by now. */
export async function fillCopy(sql: Sql, table: string, collectionId: number, spec: IndexSpec): Promise<boolean> {
  const rows = await sql.query<{ filled: boolean }>('select kindred.fill_vector_copy($1, $2, $3::jsonb) as filled', [
    table,
    collectionId,
    written(spec),
  ]);
  return rows[0]!.filled;
}

export async function indexCopy(sql: Sql, table: string, collectionId: number): Promise<void> {
  await sql.query('select kindred.index_vector_partition($1, $2)', [table, collectionId]);
  await sql.query('select kindred.index_segments($1, $2)', [table, collectionId]);
}

/** Copies what changed as noted so far; returns the number of changed rows. */
export async function catchUpCopy(sql: Sql, table: string, collectionId: number): Promise<bigint> {
  const rows = await sql.query<{ changed: bigint }>('select kindred.catch_up_vector_partition($1, $2) as changed', [
    table,
    collectionId,
  ]);
  return rows[0]!.changed;
}

/** Puts the copy in use. False where another process did, or has begun it anew. */
export async function swapCopy(sql: Sql, table: string, collectionId: number): Promise<boolean> {
  const rows = await sql.query<{ swapped: boolean }>('select kindred.swap_vector_partition($1, $2) as swapped', [
    table,
    collectionId,
  ]);
  return rows[0]!.swapped;
}

/** Of a build that nobody wants any more. */
export async function dropCopy(sql: Sql, table: string, collectionId: number): Promise<void> {
  await sql.query('select kindred.drop_vector_copy($1, $2)', [table, collectionId]);
}
