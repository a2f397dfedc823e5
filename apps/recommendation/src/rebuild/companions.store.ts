import type { Sql } from '@kindred/database';
import type { NeighborsRow } from './rebuild.store.ts';

export type CompanionKind = 'viewed' | 'bought' | 'next' | 'regressed';

export interface Replaced {
  rows: readonly NeighborsRow[];
  range: { after: string; to: string | null };
}

/** Replaces the lists of the kind of the items in the range (after, to]; unchanged lists are not written. */
export async function replaceCompanions(
  sql: Sql,
  collectionId: number,
  kind: CompanionKind,
  { rows, range }: Replaced,
): Promise<void> {
  await sql.query(
    `with fresh as (
       select * from jsonb_to_recordset($2::jsonb) as r(item_id text, neighbor_ids text[], scores real[])),
     gone as (
       delete from kindred.item_companions n where n.tenant_id = kindred.tenant() and n.collection_id = $1 and n.kind = $5
         and n.item_id > $3 and ($4::text is null or n.item_id <= $4) and n.item_id not in (select item_id from fresh))
     insert into kindred.item_companions as n (tenant_id, collection_id, kind, item_id, neighbor_ids, scores)
     select kindred.tenant(), $1, $5, item_id, neighbor_ids, scores from fresh
     on conflict (tenant_id, collection_id, kind, item_id) do update
       set neighbor_ids = excluded.neighbor_ids, scores = excluded.scores
      where (n.neighbor_ids, n.scores) is distinct from (excluded.neighbor_ids, excluded.scores)`,
    [collectionId, JSON.stringify(rows), range.after, range.to, kind],
  );
}
