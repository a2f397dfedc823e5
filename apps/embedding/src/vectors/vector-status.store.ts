import type { Sql } from '@kindred/database';
import type { InputKind, ModelTable } from '@kindred/vector-index';
import { hasInputSql, inputHashSql } from './input-hash.ts';

export interface LedgerCounts {
  items: bigint;
  vectors: bigint;
  missing: bigint;
  stale: bigint;
  orphaned: bigint;
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

export interface Condition {
  behind: boolean;
  reason: string;
}

export async function readCondition(sql: Sql, collectionId: number, kind: InputKind, role: string): Promise<Condition> {
  const [row] = await sql.query<Condition>(
    `select behind_since is not null as behind, reason from kindred.collection_models
      where tenant_id = kindred.tenant() and collection_id = $1 and kind = $2 and role = $3`,
    [collectionId, kind, role],
  );
  return row ?? { behind: false, reason: '' };
}

/** The newest ones. */
export function readRefusals(
  sql: Sql,
  collectionId: number,
  { table }: ModelTable,
  most: number,
): Promise<{ item_id: string; reason: string; refused_at: Date }[]> {
  return sql.query(
    `select item_id, reason, refused_at from kindred.vector_refusals
      where tenant_id = kindred.tenant() and collection_id = $1 and vector_table = $2
      order by refused_at desc, item_id limit $3`,
    [collectionId, table, most],
  );
}
