import { type GetItemsRequest, type Item, KindredError, limits } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import { type CollectionDirectory, itemFromRow, type LiveItemRow, liveItemColumns } from '@kindred/vector-index';

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
    const rows = await this.database.query<LiveItemRow>(
      { tenant, readOnly: true },
      `select ${liveItemColumns} from kindred.items i
        where i.tenant_id = kindred.tenant() and i.collection_id = $1 and i.item_id = any($2::text[]) and not i.deleted
        order by array_position($2::text[], i.item_id)`,
      [collection.collectionId, itemIds],
    );
    return rows.map((row) => itemFromRow(row, collection.name));
  }
}
