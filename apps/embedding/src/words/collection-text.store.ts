import type { Database } from '@kindred/database';
import { type CollectionRow, contentOf, type SearchableItem } from '@kindred/vector-index';

const pageSize = 1_000;

/** The text of a collection's items, in UTF-8, item by item in the order of their ids. */
export async function* collectionText(
  database: Database,
  { tenant, collectionId, attributes }: CollectionRow,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  for (let after = ''; ; ) {
    const rows = await database.query<SearchableItem & { item_id: string }>(
      { tenant, readOnly: true, signal },
      `select item_id, title, body, categories, attributes from kindred.items
        where tenant_id = kindred.tenant() and collection_id = $1 and item_id > $2 and not deleted
        order by item_id limit ${pageSize}`,
      [collectionId, after],
    );
    for (const row of rows) yield Buffer.from(`${contentOf(row, attributes)}\n\n`);
    if (rows.length < pageSize) return;
    after = rows.at(-1)!.item_id;
  }
}
