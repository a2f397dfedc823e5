import type { Sql } from '@kindred/database';
import { hasInputSql, inputHashSql } from './input-hash.ts';
import type { InputKind, ModelTable } from './model.store.ts';

export interface LedgerCounts {
  /** Live items with such an input, hidden ones included. */
  items: bigint;
  vectors: bigint;
  /** Items without a vector. */
  missing: bigint;
  /** Vectors of another input than the item has now. */
  stale: bigint;
  /** Vectors without a live item. */
  orphaned: bigint;
  /** Of the missing and stale ones: those whose input the model refused. */
  refused: bigint;
}

/** Exact: every live item against every vector, over their keys alone. */
export async function countLedger(
  sql: Sql,
  collectionId: number,
  kind: InputKind,
  { table }: ModelTable,
): Promise<LedgerCounts> {
  const [row] = await sql.query<LedgerCounts>(
    `with pairs as (
       select i.item_id as item, v.item_id as vector, i.hash as wanted, v.content_hash as has
         from (select item_id, ${inputHashSql[kind]} as hash from kindred.items i
                where tenant_id = kindred.tenant() and collection_id = $1 and not deleted
                  and ${hasInputSql[kind]}) i
         full join (select item_id, content_hash from kindred.${table}
                     where tenant_id = kindred.tenant() and collection_id = $1) v on v.item_id = i.item_id)
     select count(item) as items, count(vector) as vectors,
       count(*) filter (where vector is null) as missing,
       count(*) filter (where wanted <> has) as stale,
       count(*) filter (where item is null) as orphaned,
       (select count(*) from pairs p join kindred.vector_refusals r on r.tenant_id = kindred.tenant()
          and r.collection_id = $1 and r.vector_table = '${table}' and r.item_id = p.item and r.content_hash = p.wanted) as refused
     from pairs`,
    [collectionId],
  );
  return row!;
}
