import type { Sql } from '@kindred/database';
import { type InputKind, inputHashSql, type ModelTable } from '@kindred/vector-index';

export interface Progress {
  behind: boolean;
  indexing: boolean;
  waiting: boolean;
  items: bigint;
  done: bigint;
  per_second: number | null;
  reason: string;
  started_at: Date;
}

/** How far the vectors of the model in that role are. */
export async function readProgress(
  sql: Sql,
  collectionId: number,
  kind: InputKind,
  role: 'next' | 'active',
): Promise<Progress> {
  const [row] = await sql.query<Progress>(
    `select behind_since is not null as behind, indexing, retry_at > now() as waiting, items, done, reason,
       since as started_at, (done / nullif(extract(epoch from clock_timestamp() - run_started_at), 0))::float8 as per_second
     from kindred.collection_models
      where tenant_id = kindred.tenant() and collection_id = $1 and kind = $2 and role = $3`,
    [collectionId, kind, role],
  );
  return row!;
}

export interface Extent {
  items: bigint;
  /** Distinct inputs that no vector of the model was made of. */
  inputs: bigint;
  characters: bigint;
}

/** What giving the collection vectors of the model takes. */
export async function measureExtent(
  sql: Sql,
  collectionId: number,
  kind: InputKind,
  { table }: ModelTable,
): Promise<Extent> {
  const [row] = await sql.query<Extent>(
    `with inputs as (
       select ${inputHashSql[kind]} as hash,
         length(i.title) + length(i.body) + length(array_to_string(i.categories, ', ')) as characters
         from kindred.items i
        where i.tenant_id = kindred.tenant() and i.collection_id = $1 and not i.deleted),
     fresh as (
       select f.hash, min(f.characters) as characters from inputs f
        where f.hash is not null and not exists (
          select from kindred.${table} v where v.tenant_id = kindred.tenant() and v.content_hash = f.hash)
        group by f.hash)
     select (select count(*) from inputs where hash is not null) as items, count(*) as inputs,
       coalesce(sum(characters), 0)::bigint as characters from fresh`,
    [collectionId],
  );
  return row!;
}

/** Some items of the collection, the same ones at each call. */
export async function sampleIds(sql: Sql, collectionId: number, most: number): Promise<string[]> {
  const rows = await sql.query<{ item_id: string }>(
    `select item_id from kindred.items where tenant_id = kindred.tenant() and collection_id = $1 and not deleted
      order by item_id limit $2`,
    [collectionId, most],
  );
  return rows.map((row) => row.item_id);
}
