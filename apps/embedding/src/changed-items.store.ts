import type { Sql } from '@kindred/database';

export interface ChangedItem {
  item_id: string;
  revision: bigint;
  deleted: boolean;
  title: string;
  body: string;
  categories: string[];
  attributes: Record<string, unknown>;
  content_hash: Buffer;
}

/** The rows as they are now: a change event says where to look, never what is there. */
export function readChangedItems(sql: Sql, collectionId: number, itemIds: string[]): Promise<ChangedItem[]> {
  return sql.query<ChangedItem>(
    `select item_id, revision, deleted, title, body, categories, attributes, content_hash from kindred.items
      where tenant_id = kindred.tenant() and collection_id = $1 and item_id = any($2::text[])`,
    [collectionId, itemIds],
  );
}
