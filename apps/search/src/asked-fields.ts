import type { Database } from '@kindred/database';
import type { Log } from '@kindred/runtime';
import { type CollectionRow, noteAskedFields } from '@kindred/vector-index';
import type { BeforeApplicationShutdown } from '@nestjs/common';
import { LaterWrites } from './later-writes.ts';

const later = {
  afterMs: 10_000,
  ended: 'what searches are filtered by is not counted',
  failed: 'what searches were filtered by was not counted',
};

/** Searches of one collection that are not written yet, by field. */
interface Waiting {
  tenant: string;
  collectionId: number;
  searches: Map<string, number>;
}

/** Counts the searches that a graph of a field's values serves, or would: indexes get such graphs by it. Writes beside the answers. */
export class AskedFields implements BeforeApplicationShutdown {
  private waiting = new Map<string, Waiting>();
  private readonly writes: LaterWrites;

  constructor(
    private readonly database: Database,
    log: Log,
  ) {
    this.writes = new LaterWrites(log, later);
  }

  /** Never waits, never throws. */
  note({ tenant, collectionId }: CollectionRow, field: string): void {
    if (this.writes.areOver) return;
    const key = `${tenant}/${collectionId}`;
    const of = this.waiting.get(key) ?? { tenant, collectionId, searches: new Map<string, number>() };
    this.waiting.set(key, of);
    of.searches.set(field, (of.searches.get(field) ?? 0) + 1);
    this.writes.schedule(() => this.flush());
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.flush();
    await this.writes.done();
  }

  private flush(): void {
    const { waiting } = this;
    this.waiting = new Map();
    this.writes.begin(() => this.write([...waiting.values()]));
  }

  private async write(waiting: readonly Waiting[]): Promise<void> {
    for (const { tenant, collectionId, searches } of waiting) {
      await this.database.transaction({ tenant }, (sql) => noteAskedFields(sql, collectionId, searches));
    }
  }
}
