import type { Database } from '@kindred/database';
import type { Log } from '@kindred/runtime';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import type { Settings } from '../settings.ts';
import type { TasteService } from '../taste/taste.service.ts';
import { claim, finish, readWanted, type Wanted } from './rebuild.store.ts';
import { rebuild } from './rebuild.ts';
import { refreshStatistics } from './statistics.store.ts';

/** How often to look for work that other processes left, and for vectors that came after their events. */
const pollMs = 5_000;
/** How soon after a change the derived tables follow, when the last rebuild is long enough ago. */
const debounceMs = 1_000;

/** Rebuilds derived tables in the background, one collection at a time, from the start of the application until its shutdown. */
export class Rebuilder implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly stopping = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private dueAt = Number.POSITIVE_INFINITY;
  private running: Promise<void> | undefined;

  constructor(
    private readonly database: Database,
    private readonly tastes: TasteService,
    private readonly settings: Settings,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    this.schedule(0);
  }

  /** Interactions changed: look for work soon. */
  nudge(): void {
    this.schedule(debounceMs);
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    clearTimeout(this.timer);
    await this.running;
  }

  /** Does what is due now; returns how many collections were rebuilt. */
  async runOnce(): Promise<number> {
    let rebuilt = 0;
    await refreshStatistics(this.database);
    for (const wanted of await readWanted(this.database)) {
      if (this.stopping.signal.aborted) break;
      if (await this.rebuildOne(wanted)) rebuilt += 1;
    }
    await this.tastes.refreshOverdue();
    return rebuilt;
  }

  private schedule(delayMs: number): void {
    const at = performance.now() + delayMs;
    if (this.stopping.signal.aborted || this.running || at >= this.dueAt) return;
    clearTimeout(this.timer);
    this.dueAt = at;
    this.timer = setTimeout(() => this.start(), delayMs);
    this.timer.unref();
  }

  private start(): void {
    this.dueAt = Number.POSITIVE_INFINITY;
    this.running = this.guarded().finally(() => {
      this.running = undefined;
      this.schedule(pollMs);
    });
  }

  /** A failed run is logged and tried again at the next look: what was wanted stays wanted. */
  private async guarded(): Promise<void> {
    try {
      await this.runOnce();
    } catch (error) {
      if (!this.stopping.signal.aborted) this.log.warn({ err: error }, 'looking for rebuilds failed; trying again');
    }
  }

  private async rebuildOne(wanted: Wanted): Promise<boolean> {
    const held = await claim(this.database, wanted, this.settings.rebuildSeconds);
    if (held === undefined) return false;
    const { database, settings } = this;
    const fields = { tenant: wanted.tenant_id, collectionId: wanted.collection_id };
    const start = performance.now();
    let built = false;
    try {
      const run = { database, wanted, claim: held, settings, signal: this.stopping.signal };
      const counts = await rebuild(run);
      built = true;
      this.log.debug({ ...fields, ...counts, tookMs: Math.round(performance.now() - start) }, 'neighbors rebuilt');
    } catch (error) {
      if (!this.stopping.signal.aborted)
        this.log.warn({ ...fields, err: error }, 'a rebuild failed; it is still wanted');
    } finally {
      await finish(database, wanted, held, built);
    }
    return built;
  }
}
