import type { Sql } from '@kindred/database';
import type { ModelTable } from '@kindred/vector-index';
import type { Refusal } from './embed-items.ts';

export async function noteRefusals(
  sql: Sql,
  { table }: ModelTable,
  collectionId: number,
  refusals: readonly Refusal[],
): Promise<void> {
  if (refusals.length === 0) return;
  await sql.query(
    `insert into kindred.vector_refusals (tenant_id, collection_id, vector_table, item_id, content_hash, reason)
     select kindred.tenant(), $1, $2, r.item_id, r.content_hash, r.reason
       from unnest($3::text[], $4::bytea[], $5::text[]) as r(item_id, content_hash, reason)
     on conflict (tenant_id, collection_id, vector_table, item_id) do update
        set content_hash = excluded.content_hash, reason = excluded.reason, refused_at = now()`,
    [
      collectionId,
      table,
      refusals.map(({ item }) => item.item_id),
      refusals.map(({ contentHash }) => contentHash),
      refusals.map(({ error }) => error.message),
    ],
  );
}

/** Of these items, or of all. */
export async function forgetRefusals(
  sql: Sql,
  { table }: ModelTable,
  collectionId: number,
  itemIds?: readonly string[],
): Promise<void> {
  if (itemIds?.length === 0) return;
  await sql.query(
    `delete from kindred.vector_refusals
      where tenant_id = kindred.tenant() and collection_id = $1 and vector_table = $2
        and ($3::text[] is null or item_id = any($3::text[]))`,
    [collectionId, table, itemIds ?? null],
  );
}
