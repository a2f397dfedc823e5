import { type Database, isOfReplica } from '@kindred/database';
import type { Log } from '@kindred/runtime';
import { type CollectionRow, noteAskedFields } from '@kindred/vector-index';
import type { BeforeApplicationShutdown } from '@nestjs/common';

const flushMs = 10_000;

/** Searches of one collection that are not written yet, by field. */
interface Waiting {
  tenant: string;
  collectionId: number;
  searches: Map<string, number>;
}

/** Counts the searches that a graph of a field's values serves, or would: indexes get such graphs by it. Writes beside the answers. */
export class AskedFields implements BeforeApplicationShutdown {
  private waiting = new Map<string, Waiting>();
  private timer: NodeJS.Timeout | undefined;
  private flushing: Promise<void> = Promise.resolve();
  private off = false;

  constructor(
    private readonly database: Database,
    private readonly log: Log,
  ) {}

  /** Never waits, never throws. */
  note({ tenant, collectionId }: CollectionRow, field: string): void {
    if (this.off) return;
    const key = `${tenant}/${collectionId}`;
    const of = this.waiting.get(key) ?? { tenant, collectionId, searches: new Map<string, number>() };
    this.waiting.set(key, of);
    of.searches.set(field, (of.searches.get(field) ?? 0) + 1);
    this.timer ??= setTimeout(() => this.flush(), flushMs).unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.flush();
    await this.flushing;
  }

  private flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const { waiting } = this;
    this.waiting = new Map();
    this.flushing = this.flushing.then(() => this.write([...waiting.values()]));
  }

  private async write(waiting: readonly Waiting[]): Promise<void> {
    try {
      for (const { tenant, collectionId, searches } of waiting) {
        await this.database.transaction({ tenant }, (sql) => noteAskedFields(sql, collectionId, searches));
      }
    } catch (error) {
      if (isOfReplica(error)) {
        this.off = true;
        this.log.info({}, 'what searches are filtered by is not counted: the database is a replica');
      } else this.log.warn({ err: error }, 'what searches were filtered by was not counted');
    }
  }
}
