import { type GetItemsRequest, type Item, KindredError, limits } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import { type CollectionDirectory, itemFromRow } from '@kindred/vector-index';
import { readItems } from '../items/item.store.ts';

/** Reads stored items back as they are now. */
export class CatalogReader {
  constructor(
    private readonly database: Database,
    private readonly collections: CollectionDirectory,
  ) {}

  /** The items that exist, in the order asked; hidden ones too, deleted ones not. */
  async getItems(tenant: string, request: GetItemsRequest): Promise<Item[]> {
    const { itemIds } = request;
    if (itemIds.length === 0 || itemIds.length > limits.idsPerRequest) {
      const message = `item_ids has ${itemIds.length} entries; send 1 to ${limits.idsPerRequest}`;
      throw new KindredError('LIMIT_OUT_OF_RANGE', 'item_ids', message);
    }
    const collection = await this.collections.get(tenant, request.collection);
    const rows = await this.database.transaction({ tenant, readOnly: true }, (sql) =>
      readItems(sql, collection.collectionId, itemIds),
    );
    return rows.map((row) => itemFromRow(row, collection));
  }
}
