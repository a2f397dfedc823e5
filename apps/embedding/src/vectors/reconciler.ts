import { randomUUID } from 'node:crypto';
import { KindredError } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import type { Log } from '@kindred/runtime';
import { type CollectionDirectory, collectionsChannel } from '@kindred/vector-index';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import type { ModelSwitch } from '../models/model-switch.ts';
import { type Behind, findBehind, findUndeclared } from './reconcile.store.ts';
import { reconcile } from './reconcile.ts';
import type { TargetDirectory } from './target-directory.ts';
import type { VectorWriter } from './vector-writer.ts';

/** How often to look for work that others left, and for models whose pause is over. */
const pollMs = 2_000;

export interface ReconcilerParts {
  database: Database;
  collections: CollectionDirectory;
  targets: TargetDirectory;
  writer: VectorWriter;
  switcher: ModelSwitch;
  log: Log;
}

/** Repairs vectors that lag, one collection's model at a time, from the start of the application until its shutdown. */
export class Reconciler implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly worker = randomUUID();
  private readonly stopping = new AbortController();
  private readonly running = new Map<string, Promise<void>>();
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> | undefined;
  private stopListening: (() => Promise<void>) | undefined;

  constructor(private readonly parts: ReconcilerParts) {}

  async onApplicationBootstrap(): Promise<void> {
    this.stopListening = await this.parts.database.listen(collectionsChannel, () => this.nudge());
    this.nudge();
  }

  /** Something was marked: look now. */
  nudge(): void {
    clearTimeout(this.timer);
    if (this.stopping.signal.aborted) return;
    this.looking ??= this.look().finally(() => {
      this.looking = undefined;
      this.timer = setTimeout(() => this.nudge(), pollMs);
      this.timer.unref();
    });
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    clearTimeout(this.timer);
    await this.stopListening?.();
    await this.looking;
    await Promise.all(this.running.values());
  }

  /** Does what is due until nothing is. For those who cannot wait for the next look. */
  async settle(): Promise<void> {
    await this.look();
    await Promise.all(this.running.values());
  }

  /** A failed look is logged and repeated: what was marked stays marked. */
  private async look(): Promise<void> {
    try {
      await this.parts.switcher.adoptNewStandard();
      for (const { tenant_id: tenant, collection } of await findUndeclared(this.parts.database)) {
        await this.parts.targets.adopt(await this.parts.collections.get(tenant, collection));
      }
      for (const behind of await findBehind(this.parts.database)) this.begin(behind);
    } catch (error) {
      if (this.stopping.signal.aborted || goneCollection(error)) return;
      this.parts.log.warn({ err: error }, 'looking for vectors to repair failed; trying again');
    }
  }

  /** Models do not wait for each other: one may be a slow provider. */
  private begin(behind: Behind): void {
    const key = JSON.stringify([behind.tenant_id, behind.collection, behind.kind, behind.role]);
    if (this.running.has(key) || this.stopping.signal.aborted) return;
    this.running.set(
      key,
      this.repair(behind).finally(() => this.running.delete(key)),
    );
  }

  private async repair({ tenant_id: tenant, collection, kind, role }: Behind): Promise<void> {
    const fields = { tenant, collection, kind, role };
    try {
      const row = await this.parts.collections.get(tenant, collection);
      const target = (await this.parts.targets.of(row)).find((one) => one.kind === kind && one.role === role);
      if (!target) return;
      const { database, writer } = this.parts;
      const { worker } = this;
      const outcome = await reconcile(target, { database, writer, worker, signal: this.stopping.signal });
      this.parts.log.debug({ ...fields, outcome }, 'vectors repaired');
      if (outcome === 'complete') await this.parts.switcher.switchIfAutomatic(target);
    } catch (error) {
      if (this.stopping.signal.aborted || goneCollection(error)) return;
      this.parts.log.warn({ ...fields, err: error }, 'repairing vectors failed; trying again');
    }
  }
}

const goneCollection = (error: unknown) => error instanceof KindredError && error.code === 'COLLECTION_NOT_FOUND';
