import { KindredError } from '@kindred/contracts';
import { type Database, isOfReplica } from '@kindred/database';
import { type CollectionRow, collectionsChannel, readCollections } from './collection.store.ts';

/** A replica delivers no notifications: changes are seen after this long at the latest. */
const freshForMs = 5_000;
/** How long to go without notifications before asking for them again. */
const deafForMs = 60_000;
const mostEntries = 10_000;

/**
 * The declared collections, cached. A change is seen at its notification, or after five seconds; what was known holds
 * while the database is away, so that the log alone accepts events, which are checked again where they are stored.
 */
export class CollectionDirectory {
  private readonly entries = new Map<string, { until: number; row: Promise<CollectionRow> }>();
  private readonly listeners = new Set<(key: string) => void>();
  private listening?: Promise<() => Promise<void>>;
  private deafUntil = 0;

  constructor(private readonly database: Database) {}

  /** Throws COLLECTION_NOT_FOUND on the field "collection". Unknown names are never cached. */
  async get(tenant: string, name: string): Promise<CollectionRow> {
    await this.listen();
    const key = keyOf(tenant, name);
    const known = this.entries.get(key);
    if (known && known.until > performance.now()) return known.row;
    const row = this.read(tenant, name).catch(unlessAway(known?.row));
    if (this.entries.size >= mostEntries) this.entries.clear();
    this.entries.set(key, { until: performance.now() + freshForMs, row });
    row.catch(() => this.entries.get(key)?.row === row && this.entries.delete(key));
    return row;
  }

  /** Straight from the database, by name. */
  list(tenant: string): Promise<CollectionRow[]> {
    return readCollections(this.database, tenant);
  }

  invalidate(tenant: string, name: string): void {
    this.forget(keyOf(tenant, name));
  }

  /** Calls back with "<tenant>/<name>" of a changed collection, or "" when any may have changed. */
  onChange(callback: (key: string) => void): () => void {
    this.listeners.add(callback);
    return () => this.listeners.delete(callback);
  }

  async close(): Promise<void> {
    const stop = await this.listening;
    await stop?.();
  }

  private async read(tenant: string, name: string): Promise<CollectionRow> {
    const rows = await readCollections(this.database, tenant, name);
    if (rows[0]) return rows[0];
    const message = `There is no collection "${name}"; create it with PutCollection, or list what exists with ListCollections`;
    throw new KindredError('COLLECTION_NOT_FOUND', 'collection', message);
  }

  /** Without notifications (a replica refuses LISTEN) the cache is right too, only later. */
  private async listen(): Promise<void> {
    if (this.deafUntil > performance.now()) return;
    this.listening ??= this.database.listen(collectionsChannel, (payload) => this.forget(payload));
    try {
      await this.listening;
    } catch (error) {
      this.listening = undefined;
      if (!isOfReplica(error)) throw error;
      this.deafUntil = performance.now() + deafForMs;
    }
  }

  /** After a lost connection the payload is empty, and anything may have changed. */
  private forget(key: string): void {
    if (key === '') this.entries.clear();
    else this.entries.delete(key);
    for (const callback of this.listeners) callback(key);
  }
}

const unlessAway = (known: Promise<CollectionRow> | undefined) => (error: unknown) => {
  if (known && error instanceof KindredError && error.code === 'DATABASE_UNAVAILABLE') return known;
  throw error;
};

const keyOf = (tenant: string, name: string) => `${tenant}/${name}`;
