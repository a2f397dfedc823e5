import { type ItemChange, itemChange, KindredError, parseEvent } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import { type BatchContext, groupBy, type IncomingMessage, type Outcome } from '@kindred/messaging';
import type { BackgroundPromotion, CollectionDirectory, CollectionRow } from '@kindred/vector-index';
import { markBehind } from './collection-models.store.ts';
import { ModelFailure } from './embed-items.ts';
import type { Target } from './target.ts';
import type { TargetDirectory } from './target-directory.ts';
import type { Prepared, VectorWriter } from './vector-writer.ts';

/** Roles change rarely: a batch that meets a change twice has met a fault. */
const attempts = 5;

/** Turns item changes into vectors of every model the item's collection has, embedding only what no vector was made of. */
export class EmbedChangesService {
  constructor(
    private readonly database: Database,
    private readonly collections: CollectionDirectory,
    private readonly targets: TargetDirectory,
    private readonly writer: VectorWriter,
    private readonly promotion: BackgroundPromotion,
  ) {}

  async store(messages: IncomingMessage[], context: BatchContext): Promise<Outcome[]> {
    const tenant = messages[0]!.tenant;
    const changes: (ItemChange | undefined)[] = [];
    const outcomes = messages.map((message): Outcome => {
      try {
        changes.push(parseEvent(itemChange, message.value));
        return { kind: 'done' };
      } catch (error) {
        if (!(error instanceof KindredError)) throw error;
        changes.push(undefined);
        return { kind: 'rejected', error };
      }
    });
    const known = changes.filter((change) => change !== undefined);
    for (const [name, group] of groupBy(known, (change) => change.collection)) {
      const itemIds = [...new Set(group.map((change) => change.item_id))];
      const refused = await this.bringUpToDate(tenant, name, itemIds, context);
      for (const [at, change] of changes.entries()) {
        const error = change?.collection === name ? refused.get(change.item_id) : undefined;
        if (error) outcomes[at] = { kind: 'rejected', error };
      }
    }
    return outcomes;
  }

  /** Returns why items have no vector of some model, by their ids. */
  private async bringUpToDate(
    tenant: string,
    name: string,
    itemIds: string[],
    context: BatchContext,
  ): Promise<Map<string, KindredError>> {
    for (let attempt = 1; attempt <= attempts; attempt++) {
      const collection = await this.collectionOrGone(tenant, name);
      if (!collection) return new Map();
      const targets = await this.targets.of(collection);
      const { prepared, failed } = await this.prepare(targets, itemIds, context);
      context.signal.throwIfAborted();
      const written = await this.write(prepared, failed);
      if (!written) continue;
      for (const { target } of prepared) this.promotion.consider(collection, target.model);
      return new Map(prepared.flatMap(({ refusals }) => refusals.map(({ item, error }) => [item.item_id, error])));
    }
    throw new Error(`the models of "${name}" kept changing; trying again later`);
  }

  /** A model that fails costs its own vectors alone, and those only for a while: it is marked, and the reconciler follows. */
  private async prepare(targets: Target[], itemIds: string[], context: BatchContext) {
    const prepared: Prepared[] = [];
    const failed: { target: Target; reason?: string }[] = [];
    for (const { target, work } of await this.writer.read(targets, itemIds)) {
      if (target.retryAt !== null && work.embed.length > 0) {
        failed.push({ target });
        continue;
      }
      await context.heartbeat();
      try {
        prepared.push(await this.writer.prepare(target, work, context.signal));
      } catch (error) {
        if (!(error instanceof ModelFailure)) throw error;
        failed.push({ target, reason: error.message });
      }
    }
    return { prepared, failed };
  }

  private async write(prepared: Prepared[], failed: { target: Target; reason?: string }[]): Promise<boolean> {
    const mark = async (sql: Parameters<typeof markBehind>[0]) => {
      for (const { target, reason } of failed) await markBehind(sql, target, reason);
    };
    if (prepared.length > 0) return this.writer.write(prepared, mark);
    const tenant = failed[0]?.target.collection.tenant;
    if (tenant !== undefined) await this.database.transaction({ tenant }, mark);
    return true;
  }

  /** A collection that was deleted meanwhile has no rows left to embed. */
  private async collectionOrGone(tenant: string, name: string): Promise<CollectionRow | undefined> {
    try {
      return await this.collections.get(tenant, name);
    } catch (error) {
      if (error instanceof KindredError && error.code === 'COLLECTION_NOT_FOUND') return undefined;
      throw error;
    }
  }
}
