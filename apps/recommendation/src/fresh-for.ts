const mostEntries = 10_000;

/** What was read a moment ago, by key: whoever comes in time waits for the same answer. A failure is not kept. */
export class FreshFor<Value> {
  private readonly entries = new Map<string, { until: number; value: Promise<Value> }>();

  constructor(private readonly freshForMs: number) {}

  of(key: string, read: () => Promise<Value>): Promise<Value> {
    const known = this.entries.get(key);
    if (known && known.until > performance.now()) return known.value;
    const entry = { until: performance.now() + this.freshForMs, value: read() };
    if (this.entries.size >= mostEntries) this.entries.clear();
    this.entries.set(key, entry);
    entry.value.catch(() => this.entries.get(key) === entry && this.entries.delete(key));
    return entry.value;
  }

  forget(key: string): void {
    this.entries.delete(key);
  }
}
