import type { Sql } from '@kindred/database';
import { partitionOf } from '../search/layout.store.ts';
import { recentIdsSql } from './vector-index.store.ts';

/** Recent vectors of the collection, and those of them that were written before `seconds` ago. */
export async function countSettled(
  sql: Sql,
  { table, collectionId }: { table: string; collectionId: number },
  seconds: number,
): Promise<{ all: number; settled: number }> {
  const [row] = await sql.query<{ all: number; settled: number }>(
    `select count(*)::int as all, (count(*) filter (where embedded_at < now() - make_interval(secs => $2)))::int as settled
       from kindred.${table}
      where tenant_id = kindred.tenant() and collection_id = $1 and ${recentIdsSql()}`,
    [collectionId, seconds],
  );
  return row!;
}

/**
 * Moves at most `most` vectors that were written before `seconds` ago from the recent part into the index. Returns how
 * many; 0 too while somebody builds an index or folds. Rows that a writer holds are left for later: nobody waits.
 */
export async function moveRecent(
  sql: Sql,
  { table, collectionId }: { table: string; collectionId: number },
  { most, seconds }: { most: number; seconds: number },
): Promise<number> {
  const [lock] = await sql.query<{ mine: boolean }>(
    `select pg_try_advisory_xact_lock(hashtext('kindred.promote'), hashtext($1)) as mine`,
    [partitionOf(table, collectionId)],
  );
  if (!lock!.mine) return 0;
  const moved = await sql.query(
    `with due as materialized (
       select item_id from kindred.${table}
        where tenant_id = kindred.tenant() and collection_id = $1 and ${recentIdsSql()}
          and embedded_at < now() - make_interval(secs => $2)
        order by item_id limit $3 for update skip locked)
     update kindred.${table} v set recent = false from due
      where v.tenant_id = kindred.tenant() and v.collection_id = $1 and v.item_id = due.item_id
     returning v.item_id`,
    [collectionId, seconds, most],
  );
  return moved.length;
}
