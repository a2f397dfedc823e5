import type { Database } from '@kindred/database';
import type { CollectionRow } from '@kindred/vector-index';

/** Items of the collection, hidden ones included. */
export async function countItems(database: Database, { tenant, collectionId }: CollectionRow): Promise<bigint> {
  const [row] = await database.query<{ items: bigint }>(
    { tenant, readOnly: true },
    'select count(*) as items from kindred.items where tenant_id = kindred.tenant() and collection_id = $1 and not deleted',
    [collectionId],
  );
  return row!.items;
}
