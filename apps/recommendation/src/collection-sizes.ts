import type { Database } from '@kindred/database';
import type { CollectionRow } from '@kindred/vector-index';
import { countItems } from './collection-size.store.ts';

interface Entry {
  items: bigint;
  until: number;
  refreshing: boolean;
}

/** A size is counted again after this long, or after a hundred times what counting took. */
const freshForMs = 2_000;
const dutyFactor = 100;
const mostEntries = 10_000;

/** How many items collections have, cached; only the first answer about a collection waits for the count. */
export class CollectionSizes {
  private readonly entries = new Map<number, Entry>();

  constructor(private readonly database: Database) {}

  async of(collection: CollectionRow): Promise<bigint> {
    const entry = this.entries.get(collection.collectionId);
    if (!entry) return this.count(collection);
    if (entry.until < performance.now() && !entry.refreshing) {
      entry.refreshing = true;
      // An old size answers meanwhile, and after a failed count: the request itself will meet the same trouble.
      this.count(collection).catch(() => {
        entry.refreshing = false;
      });
    }
    return entry.items;
  }

  private async count(collection: CollectionRow): Promise<bigint> {
    const start = performance.now();
    const items = await countItems(this.database, collection);
    const end = performance.now();
    if (this.entries.size >= mostEntries) this.entries.clear();
    const until = end + Math.max(freshForMs, dutyFactor * (end - start));
    this.entries.set(collection.collectionId, { items, until, refreshing: false });
    return items;
  }
}
