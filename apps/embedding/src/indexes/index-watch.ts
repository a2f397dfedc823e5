import { KindredError } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import type { Log } from '@kindred/runtime';
import { type BackgroundPromotion, type CollectionDirectory, collectionsChannel } from '@kindred/vector-index';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import type { TargetDirectory } from '../vectors/target-directory.ts';
import { dropStrayPartitions, findIndexed, type Watched } from './index-watch.store.ts';

/** Bloat comes slowly; a change of settings is announced. */
const sweepEveryMs = 60_000;

export interface WatchParts {
  database: Database;
  collections: CollectionDirectory;
  targets: TargetDirectory;
  promotion: BackgroundPromotion;
  log: Log;
}

/**
 * Looks after vector indexes where nobody writes: builds what was declared otherwise, what an end of the process cut
 * short, and what has bloated. One collection at a time.
 */
export class IndexWatch implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly stopping = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private sweeping: Promise<void> | undefined;
  private again = false;
  private stopListening: (() => Promise<void>) | undefined;

  constructor(private readonly parts: WatchParts) {}

  async onApplicationBootstrap(): Promise<void> {
    this.stopListening = await this.parts.database.listen(collectionsChannel, () => this.nudge());
    this.nudge();
  }

  /** Something changed: look now, or again after the look under way. */
  nudge(): void {
    clearTimeout(this.timer);
    if (this.stopping.signal.aborted) return;
    this.again = this.sweeping !== undefined;
    this.sweeping ??= this.sweep().finally(() => {
      this.sweeping = undefined;
      this.timer = setTimeout(() => this.nudge(), this.again ? 0 : sweepEveryMs);
      this.timer.unref();
    });
  }

  /** A build that is under way goes on in the database until its step ends, or is taken up by the next process. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    clearTimeout(this.timer);
    await this.stopListening?.();
  }

  /** Until all that is due is built. */
  async sweep(): Promise<void> {
    // Embedded PostgreSQL builds no vector indexes.
    if (this.parts.database.driver === 'pglite') return;
    try {
      await dropStrayPartitions(this.parts.database);
      for (const watched of await findIndexed(this.parts.database)) {
        if (this.stopping.signal.aborted) return;
        await this.look(watched);
      }
    } catch (error) {
      if (!this.stopping.signal.aborted)
        this.parts.log.warn({ err: error }, 'looking after indexes failed; trying again');
    }
  }

  private async look({ tenant_id: tenant, collection }: Watched): Promise<void> {
    const { collections, targets, promotion } = this.parts;
    try {
      const row = await collections.get(tenant, collection);
      for (const { model } of await targets.of(row)) await promotion.look(row, model);
    } catch (error) {
      // Deleted meanwhile.
      if (!(error instanceof KindredError && error.code === 'COLLECTION_NOT_FOUND')) throw error;
    }
  }
}
