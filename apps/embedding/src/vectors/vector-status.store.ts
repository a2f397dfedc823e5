import type { Sql } from '@kindred/database';
import type { InputKind, ModelTable } from '@kindred/vector-index';

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
