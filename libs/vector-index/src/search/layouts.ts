import type { Database } from '@kindred/database';
import type { CollectionRow } from '../collection.store.ts';
import type { CollectionDirectory } from '../collection-directory.ts';
import { type Layout, readLayout } from './layout.store.ts';

/** A layout is read again after this long, or after a hundred times what reading took: counting costs at most 1 %. */
const freshForMs = 2_000;
const dutyFactor = 100;
const mostEntries = 10_000;

interface Entry {
  collectionId: number;
  layout: Layout;
  freshUntil: number;
  refreshing: boolean;
}

/** How collections are stored, cached. An old layout answers while the new one is read: both give right results. */
export class Layouts {
  private readonly entries = new Map<string, Entry>();

  constructor(
    private readonly database: Database,
    directory: CollectionDirectory,
  ) {
    directory.onChange((key) => (key === '' ? this.entries.clear() : this.entries.delete(key)));
  }

  async of(collection: CollectionRow): Promise<Layout> {
    const key = keyOf(collection);
    const entry = this.entries.get(key);
    // Deleted and made again, a collection has another id.
    if (entry?.collectionId !== collection.collectionId) return this.load(key, collection);
    if (entry.freshUntil < performance.now() && !entry.refreshing) {
      entry.refreshing = true;
      // A failed refresh keeps the old layout; the query itself will meet the same trouble and say so.
      this.read(collection).then(
        (fresh) => this.entries.set(key, fresh),
        () => (entry.refreshing = false),
      );
    }
    return entry.layout;
  }

  /** Read now, for what the old layout lacks. */
  reload(collection: CollectionRow): Promise<Layout> {
    return this.load(keyOf(collection), collection);
  }

  private async load(key: string, collection: CollectionRow): Promise<Layout> {
    const entry = await this.read(collection);
    if (this.entries.size >= mostEntries) this.entries.clear();
    this.entries.set(key, entry);
    return entry.layout;
  }

  private async read(collection: CollectionRow): Promise<Entry> {
    const start = performance.now();
    const layout = await readLayout(this.database, collection);
    const took = performance.now() - start;
    const freshUntil = performance.now() + Math.max(freshForMs, dutyFactor * took);
    return { collectionId: collection.collectionId, layout, freshUntil, refreshing: false };
  }
}

const keyOf = ({ tenant, name }: CollectionRow) => `${tenant}/${name}`;
