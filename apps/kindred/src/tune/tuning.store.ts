import { copyTable, createIndexSql, tunedIndex, tuneSchema } from './index-sql.ts';
import type { IndexVariant, VectorShape } from './index-variant.ts';
import type { TuningSession } from './tuning-session.ts';

/** Where a collection's vectors of one model are. */
export interface VectorSource extends VectorShape {
  tenant: string;
  collectionId: number;
  table: string;
}

/** Whether the schema is there. */
export async function isMigrated(session: TuningSession): Promise<boolean> {
  const [row] = await session.query<{ migrated: boolean }>(
    `select to_regclass('kindred.collections') is not null as migrated`,
  );
  return row!.migrated;
}

/** Two that measure at once would measure each other. False while another does. */
export async function lockTuning(session: TuningSession): Promise<boolean> {
  const [row] = await session.query<{ locked: boolean }>(`select pg_try_advisory_lock(hashtext($1)) as locked`, [
    tuneSchema,
  ]);
  return row!.locked;
}

/** Removes the copy, also one that a crash left; the lock must be held. */
export async function dropCopy(session: TuningSession): Promise<void> {
  await session.query(`drop schema if exists ${tuneSchema} cascade`);
}

export async function countVectors(session: TuningSession, source: VectorSource): Promise<number> {
  const [row] = await session.query<{ rows: number }>(
    `select count(*)::int as rows from kindred.${source.table} where tenant_id = $1 and collection_id = $2`,
    [source.tenant, source.collectionId],
  );
  return row!.rows;
}

/** Items that stand for queries: the same ones every time, in no order of their ids. */
export async function sampleItems(session: TuningSession, source: VectorSource, count: number): Promise<string[]> {
  const rows = await session.query<{ item_id: string }>(
    `select item_id from kindred.${source.table} where tenant_id = $1 and collection_id = $2
      order by md5(item_id || '/held out'), item_id limit $3`,
    [source.tenant, source.collectionId, count],
  );
  return rows.map((row) => row.item_id);
}

export async function readItemVectors(
  session: TuningSession,
  source: VectorSource,
  itemIds: readonly string[],
): Promise<Map<string, Float32Array>> {
  const rows = await session.query<{ item_id: string; vector: string }>(
    `select item_id, embedding::text as vector from kindred.${source.table}
      where tenant_id = $1 and collection_id = $2 and item_id = any($3::text[])`,
    [source.tenant, source.collectionId, itemIds],
  );
  return new Map(rows.map((row) => [row.item_id, Float32Array.from(JSON.parse(row.vector) as number[])]));
}

/** Copies a sample of at most `most` vectors without those of `except`; returns their number. */
export async function makeCopy(
  session: TuningSession,
  source: VectorSource,
  except: readonly string[],
  most: number,
): Promise<number> {
  const { stored, dimensions } = source;
  // As in the live tables: a row that fits its page is not moved out of line.
  const storage = dimensions * (stored === 'halfvec' ? 2 : 4) <= 6_000 ? 'plain' : 'external';
  await session.query(`create schema ${tuneSchema}`);
  await session.query(
    `create unlogged table ${copyTable} (id int not null, embedding ${stored}(${dimensions}) storage ${storage} not null)`,
  );
  const [row] = await session.query<{ rows: number }>(
    `with copied as (
       insert into ${copyTable} select (row_number() over ())::int, s.embedding from (
         select v.embedding from kindred.${source.table} v
          where v.tenant_id = $1 and v.collection_id = $2 and v.item_id <> all($3::text[])
          order by md5(v.item_id), v.item_id limit $4) s
       returning 1)
     select count(*)::int as rows from copied`,
    [source.tenant, source.collectionId, except, most],
  );
  await session.query(`analyze ${copyTable}`);
  return row!.rows;
}

/** Returns the size in bytes. */
export async function buildIndex(session: TuningSession, variant: IndexVariant, shape: VectorShape): Promise<number> {
  await session.query(`drop index if exists ${tuneSchema}.${tunedIndex}`);
  await session.query(createIndexSql(variant, shape));
  return relationBytes(session, `${tuneSchema}.${tunedIndex}`);
}

export async function relationBytes(session: TuningSession, name: string): Promise<number> {
  const [row] = await session.query<{ bytes: string }>(`select pg_relation_size($1::regclass)::text as bytes`, [name]);
  return Number(row!.bytes);
}

export async function serverFacts(session: TuningSession) {
  const [row] = await session.query<{ postgres: string; pgvector: string; memory: string }>(
    `select current_setting('server_version') as postgres, current_setting('maintenance_work_mem') as memory,
       (select extversion from pg_extension where extname = 'vector') as pgvector`,
  );
  return { postgres: row!.postgres, pgvector: row!.pgvector, maintenanceWorkMem: row!.memory };
}
