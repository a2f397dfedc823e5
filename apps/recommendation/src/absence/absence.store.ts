import type { Sql } from '@kindred/database';
import type { CollectionRow } from '@kindred/vector-index';

export interface ShopFacts {
  sold_out: boolean;
  categories: string[];
}

/** Undefined where the tenant has no such item. */
export async function readShopFacts(
  sql: Sql,
  { collectionId }: CollectionRow,
  itemId: string,
): Promise<ShopFacts | undefined> {
  const [row] = await sql.query<ShopFacts>(
    `select coalesce(stock <= 0, false) as sold_out, categories from kindred.items
      where tenant_id = kindred.tenant() and collection_id = $1 and item_id = $2`,
    [collectionId, itemId],
  );
  return row;
}
