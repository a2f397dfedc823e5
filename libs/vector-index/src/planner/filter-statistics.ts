import type { Database } from '@kindred/database';
import type { CollectionRow } from '../collection.store.ts';
import { Refreshed } from '../refreshed.ts';
import { readItemSample } from './item-sample.store.ts';
import type { ItemSample } from './item-sample.ts';

/** Samples of the collections, to estimate what a filter leaves. Only the first filtered query waits for one. */
export class FilterStatistics {
  private readonly known = new Refreshed<ItemSample>({ freshForMs: 60_000, dutyFactor: 200 });

  constructor(private readonly database: Database) {}

  sampleOf(collection: CollectionRow, items: bigint): Promise<ItemSample> {
    const key = `${collection.tenant}/${collection.name}`;
    return this.known.of(key, collection.collectionId, () => readItemSample(this.database, collection, items));
  }
}
