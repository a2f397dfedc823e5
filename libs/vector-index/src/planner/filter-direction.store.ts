import type { Database } from '@kindred/database';
import type { CollectionRow } from '../collection.store.ts';
import { decodeVector } from '../models/vector.store.ts';

/** Mean of these items' vectors in the collection's partition, and how many have one; undefined where none has. */
export async function readMean(
  database: Database,
  { tenant, collectionId }: CollectionRow,
  partition: string,
  itemIds: readonly string[],
): Promise<{ mean: Float32Array; vectors: number } | undefined> {
  const [row] = await database.query<{ mean: Buffer | null; vectors: number }>(
    { tenant, readOnly: true },
    `select vector_send(avg(v.embedding::vector)) as mean, count(*)::int as vectors from kindred.${partition} v
      where v.tenant_id = kindred.tenant() and v.collection_id = $1 and v.item_id = any($2)`,
    [collectionId, itemIds],
  );
  return row?.mean ? { mean: decodeVector(row.mean), vectors: row.vectors } : undefined;
}
