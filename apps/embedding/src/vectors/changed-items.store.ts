import type { Sql } from '@kindred/database';
import { hasInputSql, type InputKind, inputHashSql, itemVersionSql, type ModelTable } from '@kindred/vector-index';

/** An item as it is now, and what its vectors of each kind are made from, by hash; null where it has no such input. */
export interface ChangedItem {
  item_id: string;
  /** Grows with each change, patches too. */
  revision: bigint;
  deleted: boolean;
  title: string;
  body: string;
  image_url: string;
  categories: string[];
  attributes: Record<string, unknown>;
  text_hash: Buffer | null;
  image_hash: Buffer | null;
  sound_hash: Buffer | null;
}

const columns = `i.item_id, ${itemVersionSql} as revision, i.deleted, i.title, i.body, i.image_url, i.categories, i.attributes,
  ${inputHashSql.text} as text_hash, ${inputHashSql.image} as image_hash, ${inputHashSql.sound} as sound_hash`;

/** The rows as they are now: a change event says where to look, never what is there. */
export function readChangedItems(sql: Sql, collectionId: number, itemIds: string[]): Promise<ChangedItem[]> {
  return sql.query<ChangedItem>(
    `select ${columns} from kindred.items i
      where i.tenant_id = kindred.tenant() and i.collection_id = $1 and i.item_id = any($2::text[])`,
    [collectionId, itemIds],
  );
}

/** Until the transaction ends the items do not change. */
export async function lockItems(sql: Sql, collectionId: number, itemIds: readonly string[]): Promise<void> {
  await sql.query(
    `select from kindred.items where tenant_id = kindred.tenant() and collection_id = $1 and item_id = any($2::text[])
      order by item_id for share`,
    [collectionId, itemIds],
  );
}

/** What keeps an item from being well: no vector, or one of another input. Refused inputs are left alone. */
export const behindSql = (kind: InputKind, { table }: ModelTable) => `
  from kindred.items i
  left join kindred.${table} v
    on v.tenant_id = i.tenant_id and v.collection_id = i.collection_id and v.item_id = i.item_id
  where i.tenant_id = kindred.tenant() and i.collection_id = $1 and not i.deleted
    and ${hasInputSql[kind]} and v.content_hash is distinct from ${inputHashSql[kind]}
    and not exists (select from kindred.vector_refusals r
      where r.tenant_id = i.tenant_id and r.collection_id = i.collection_id and r.vector_table = '${table}'
        and r.item_id = i.item_id and r.content_hash = ${inputHashSql[kind]})`;

/** The next items after an id that lack the right vector, in order of their ids. */
export function readBehind(
  sql: Sql,
  collectionId: number,
  { kind, model, after, most }: { kind: InputKind; model: ModelTable; after: string; most: number },
): Promise<ChangedItem[]> {
  return sql.query<ChangedItem>(
    `select ${columns} ${behindSql(kind, model)} and i.item_id > $2 order by i.item_id limit $3`,
    [collectionId, after, most],
  );
}

export async function countBehind(sql: Sql, collectionId: number, kind: InputKind, model: ModelTable): Promise<bigint> {
  const [row] = await sql.query<{ items: bigint }>(`select count(*) as items ${behindSql(kind, model)}`, [
    collectionId,
  ]);
  return row!.items;
}
