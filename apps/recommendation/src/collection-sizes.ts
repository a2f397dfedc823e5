import type { Database } from '@kindred/database';
import { type CollectionRow, RefreshedCache } from '@kindred/vector-index';
import { countItems } from './collection-size.store.ts';

/** How many items collections have, cached; only the first answer about a collection waits for the count. */
export class CollectionSizes {
  private readonly counted = new RefreshedCache<bigint>({ freshForMs: 2_000, dutyFactor: 100 });

  constructor(private readonly database: Database) {}

  of(collection: CollectionRow): Promise<bigint> {
    const { collectionId } = collection;
    return this.counted.of(String(collectionId), collectionId, () => countItems(this.database, collection));
  }
}
