export interface RefreshRates {
  /** What was read is read again after this long, */
  freshForMs: number;
  /** or after so many times what reading took. */
  dutyFactor: number;
}

interface Entry<Value> {
  collectionId: number;
  value: Value;
  freshUntil: number;
  refreshing: boolean;
}

const mostEntries = 10_000;

/** What is known of collections, cached. The old answers while the new is read: for what is right either way. */
export class Refreshed<Value> {
  private readonly entries = new Map<string, Entry<Value>>();

  constructor(private readonly rates: RefreshRates) {}

  async of(key: string, collectionId: number, read: () => Promise<Value>): Promise<Value> {
    const entry = this.entries.get(key);
    // Deleted and made again, a collection has another id.
    if (entry?.collectionId !== collectionId) return this.load(key, collectionId, read);
    if (entry.freshUntil < performance.now() && !entry.refreshing) {
      entry.refreshing = true;
      // A failed refresh keeps the old value; the query itself will meet the same trouble and say so.
      this.load(key, collectionId, read).catch(() => (entry.refreshing = false));
    }
    return entry.value;
  }

  async load(key: string, collectionId: number, read: () => Promise<Value>): Promise<Value> {
    const start = performance.now();
    const value = await read();
    const end = performance.now();
    const freshUntil = end + Math.max(this.rates.freshForMs, this.rates.dutyFactor * (end - start));
    if (this.entries.size >= mostEntries) this.entries.clear();
    this.entries.set(key, { collectionId, value, freshUntil, refreshing: false });
    return value;
  }

  /** All of them for the empty key. */
  forget(key: string): void {
    if (key === '') this.entries.clear();
    else this.entries.delete(key);
  }
}
