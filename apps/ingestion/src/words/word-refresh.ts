import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '@kindred/database';
import type { Log } from '@kindred/runtime';
import { type CollectionDirectory, type CollectionRow, findMorphology, refreshVocabulary } from '@kindred/vector-index';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { readTenants } from './word-refresh.store.ts';

/** How soon after a write the words follow, when the last time is long enough ago. */
const debounceMs = 1_000;
/** How often to look for what other processes, or one that ended, left behind. */
const sweepMs = 300_000;

/** Keeps the vocabularies of collections true to their items, in the background, one collection at a time. */
export class WordRefresh implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly stopping = new AbortController();
  private readonly waiting = new Map<number, CollectionRow>();
  private running: Promise<void> = Promise.resolve();
  private working = false;
  private sweeps: NodeJS.Timeout | undefined;

  constructor(
    private readonly database: Database,
    private readonly directory: CollectionDirectory,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    void this.sweep();
    this.sweeps = setInterval(() => void this.sweep(), sweepMs).unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.sweeps);
    this.stopping.abort();
    await this.running;
  }

  /** Call after items were written, outside the transaction. */
  consider(collection: CollectionRow): void {
    this.waiting.set(collection.collectionId, collection);
    if (this.working || this.stopping.signal.aborted) return;
    this.working = true;
    this.running = this.work().finally(() => (this.working = false));
  }

  /** Also brings documents of an older version up to date. */
  private async sweep(): Promise<void> {
    try {
      for (const tenant of await readTenants(this.database))
        for (const collection of await this.directory.list(tenant)) {
          await this.warnWithout(collection);
          this.consider(collection);
        }
    } catch (err) {
      if (!this.stopping.signal.aborted) this.log.warn({ err }, 'looking for changed words failed; it is tried again');
    }
  }

  /** Its items are still written and found, by pairs of characters. */
  private async warnWithout({ tenant, name, search }: CollectionRow): Promise<void> {
    const { problem } = await findMorphology(search.koreanAnalyzer);
    if (problem !== undefined)
      this.log.warn({ tenant, collection: name }, `Korean is analyzed by pairs alone: ${problem}`);
  }

  private async work(): Promise<void> {
    const { signal } = this.stopping;
    while (this.waiting.size > 0) {
      await sleep(debounceMs, undefined, { signal, ref: false }).catch(() => undefined);
      const due = [...this.waiting.values()];
      this.waiting.clear();
      for (const collection of due) {
        if (signal.aborted) return;
        if (await this.isLeft(collection)) this.waiting.set(collection.collectionId, collection);
      }
    }
  }

  /** Whether it is too early. A failed refresh is left to the next write or sweep: what is behind stays behind. */
  private async isLeft(collection: CollectionRow): Promise<boolean> {
    try {
      return (await refreshVocabulary(this.database, collection, { signal: this.stopping.signal })) === 'later';
    } catch (err) {
      if (!this.stopping.signal.aborted)
        this.log.warn({ err, collection: collection.name }, 'the words were not refreshed; they are at the next write');
      return false;
    }
  }
}
