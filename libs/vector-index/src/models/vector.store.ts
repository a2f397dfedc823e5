import type { Database, Sql } from '@kindred/database';
import type { ModelTable } from './model.store.ts';

export interface LedgerEntry {
  contentHash: Buffer;
  revision: bigint;
}

export interface VectorRow {
  itemId: string;
  revision: bigint;
  contentHash: Buffer;
  /** L2-normalised. */
  vector: Float32Array;
}

/** What the stored vectors were made from. Items without a vector are absent. */
export async function readLedger(
  sql: Sql,
  model: ModelTable,
  collectionId: number,
  itemIds: readonly string[],
): Promise<Map<string, LedgerEntry>> {
  const rows = await sql.query<{ item_id: string; content_hash: Buffer; revision: bigint }>(
    `select item_id, content_hash, revision from kindred.${model.table}
      where tenant_id = kindred.tenant() and collection_id = $1 and item_id = any($2::text[])`,
    [collectionId, itemIds],
  );
  return new Map(rows.map((row) => [row.item_id, { contentHash: row.content_hash, revision: row.revision }]));
}

/**
 * Writes vectors; an older revision never overwrites a newer one. The last one wins where an item comes twice. Where the
 * collection has segments, its items cannot change until the transaction ends.
 */
export async function upsertVectors(
  database: Database,
  sql: Sql,
  model: ModelTable,
  collectionId: number,
  rows: readonly VectorRow[],
): Promise<void> {
  const newest = new Map<string, VectorRow>();
  for (const row of rows) {
    if (row.vector.length !== model.dimensions) throw wrongLength(model, row);
    const other = newest.get(row.itemId);
    if (!other || other.revision <= row.revision) newest.set(row.itemId, row);
  }
  if (newest.size === 0) return;
  const written = [...newest.values()];
  const cast = model.element === 'halfvec' ? `::halfvec(${model.dimensions})` : '';
  await sql.query(
    `insert into kindred.${model.table} as v (tenant_id, collection_id, item_id, revision, content_hash, embedding, segments)
     select kindred.tenant(), $1, r.item_id, r.revision, r.content_hash, r.embedding${cast}, s.segments
       from unnest($2::text[], $3::bigint[], $4::bytea[], $5::vector[]) as r(item_id, revision, content_hash, embedding)
       left join kindred.segments_for('${model.table}', $1, $2) s on s.item_id = r.item_id
      order by r.item_id collate "C"
     on conflict (tenant_id, collection_id, item_id) do update
        set revision = excluded.revision, content_hash = excluded.content_hash, embedding = excluded.embedding,
            embedded_at = now(), recent = true, segments = excluded.segments
      where v.revision <= excluded.revision`,
    [
      collectionId,
      written.map((row) => row.itemId),
      written.map((row) => row.revision),
      written.map((row) => row.contentHash),
      database.vectors(written.map((row) => row.vector)),
    ],
  );
}

function wrongLength(model: ModelTable, row: VectorRow): Error {
  const has = `the vector of item ${row.itemId} has ${row.vector.length}`;
  return new Error(`${model.name} ${model.version} makes ${model.dimensions} dimensions, ${has}`);
}

/** The text did not change with these revisions: the vectors stand for them too. */
export async function touchRevisions(
  sql: Sql,
  model: ModelTable,
  collectionId: number,
  rows: readonly { itemId: string; revision: bigint }[],
): Promise<void> {
  if (rows.length === 0) return;
  await sql.query(
    `update kindred.${model.table} v set revision = r.revision
       from unnest($2::text[], $3::bigint[]) as r(item_id, revision)
      where v.tenant_id = kindred.tenant() and v.collection_id = $1 and v.item_id = r.item_id and v.revision < r.revision`,
    [collectionId, rows.map((row) => row.itemId), rows.map((row) => row.revision)],
  );
}

export async function deleteVectors(
  sql: Sql,
  model: ModelTable,
  collectionId: number,
  itemIds: readonly string[],
): Promise<void> {
  if (itemIds.length === 0) return;
  await sql.query(
    `delete from kindred.${model.table}
      where tenant_id = kindred.tenant() and collection_id = $1 and item_id = any($2::text[])`,
    [collectionId, itemIds],
  );
}

/** Vectors that the model has made of these very inputs for whichever items of the tenant, by hash in hex. */
export async function readVectorsByContent(
  sql: Sql,
  model: ModelTable,
  hashes: readonly Buffer[],
): Promise<Map<string, Float32Array>> {
  const rows = await sql.query<{ hash: string; embedding: Buffer }>(
    `select encode(h.hash, 'hex') as hash, vector_send(v.embedding::vector) as embedding
       from (select distinct unnest($1::bytea[]) as hash) h
      cross join lateral (select v.embedding from kindred.${model.table} v
        where v.tenant_id = kindred.tenant() and v.content_hash = h.hash limit 1) v`,
    [hashes],
  );
  return new Map(rows.map(({ hash, embedding }) => [hash, decodeVector(embedding)]));
}

const headerBytes = 4;

/** pgvector's binary form: int16 dimensions, int16 zero, then float32 each; all big-endian. */
export function decodeVector(bytes: Buffer): Float32Array {
  const vector = new Float32Array(bytes.readInt16BE(0));
  for (let at = 0; at < vector.length; at++) vector[at] = bytes.readFloatBE(headerBytes + 4 * at);
  return vector;
}
