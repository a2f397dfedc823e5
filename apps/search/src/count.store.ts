import type { Filter } from '@kindred/contracts';
import type { Sql } from '@kindred/database';
import { type CollectionRow, filterToSql, liveItemCondition } from '@kindred/vector-index';

/** Live, visible items that match. */
export async function countItems(sql: Sql, collection: CollectionRow, filter: Filter | undefined): Promise<bigint> {
  const values: unknown[] = [collection.collectionId];
  const condition = filterToSql(filter, collection, values);
  const [row] = await sql.query<{ count: bigint }>(
    `select count(*) as count from kindred.items i
      where i.tenant_id = kindred.tenant() and i.collection_id = $1 and ${liveItemCondition} and ${condition}`,
    values,
  );
  return row!.count;
}
