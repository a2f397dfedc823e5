import type { Filter } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import { type CollectionRow, type Matching, MatchingItems, RefreshedCache } from '@kindred/vector-index';
import { countItems } from './collection-size.store.ts';

/** How many items collections have, cached, and what filters leave of them. */
export class CollectionItems {
  private readonly counted = new RefreshedCache<bigint>({ freshForMs: 2_000, dutyFactor: 100 });
  private readonly matches: MatchingItems;

  constructor(private readonly database: Database) {
    this.matches = new MatchingItems(database);
  }

  /** Only the first answer about a collection waits for the count. */
  count(collection: CollectionRow): Promise<bigint> {
    const { collectionId } = collection;
    return this.counted.of(String(collectionId), collectionId, () => countItems(this.database, collection));
  }

  /** For who wants so many that pass. */
  async matching(collection: CollectionRow, filter: Filter, wanted: number, signal?: AbortSignal): Promise<Matching> {
    return this.matches.of({ collection, items: await this.count(collection) }, filter, wanted, signal);
  }
}
