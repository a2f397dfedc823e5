import { type ItemChange, itemChange, KindredError, parseEvent } from '@kindred/contracts';
import type { Database, Sql } from '@kindred/database';
import { type EmbeddingModel, embedTexts } from '@kindred/embedder';
import type { BatchContext, IncomingMessage, Outcome } from '@kindred/messaging';
import {
  type BackgroundPromotion,
  type CollectionDirectory,
  type CollectionRow,
  contentOf,
  deleteVectors,
  ensureModel,
  type ModelTable,
  readLedger,
  touchRevisions,
  upsertVectors,
  type VectorRow,
} from '@kindred/vector-index';
import { type ChangedItem, readChangedItems } from './changed-items.store.ts';

/** What must be done for the rows of a batch, by comparing them with the ledger. */
interface Work {
  embed: ChangedItem[];
  /** Same text, newer revision: the ledger is told, the model is not asked. */
  touch: ChangedItem[];
  remove: string[];
}

/** Turns item changes into vectors, embedding only text that the ledger has not seen. */
export class EmbedChangesService {
  constructor(
    private readonly database: Database,
    private readonly collections: CollectionDirectory,
    private readonly model: EmbeddingModel,
    private readonly promotion: BackgroundPromotion,
  ) {}

  async store(messages: IncomingMessage[], context: BatchContext): Promise<Outcome[]> {
    const tenant = messages[0]!.tenant;
    const changes: ItemChange[] = [];
    const outcomes = messages.map((message): Outcome => {
      try {
        changes.push(parseEvent(itemChange, message.value));
        return { kind: 'done' };
      } catch (error) {
        if (error instanceof KindredError) return { kind: 'rejected', error };
        throw error;
      }
    });
    for (const [name, group] of Map.groupBy(changes, (change) => change.collection)) {
      await this.bringUpToDate(tenant, name, [...new Set(group.map((change) => change.item_id))], context);
    }
    return outcomes;
  }

  private async bringUpToDate(tenant: string, name: string, itemIds: string[], context: BatchContext): Promise<void> {
    const collection = await this.collectionOrGone(tenant, name);
    if (!collection) return;
    const model = await ensureModel(this.database, tenant, this.model.identity);
    const { collectionId } = collection;
    const work = await this.database.transaction({ tenant, readOnly: true }, async (sql) => {
      const rows = await readChangedItems(sql, collectionId, itemIds);
      return workOf(rows, await readLedger(sql, model, collectionId, itemIds));
    });
    await context.heartbeat();
    const vectors = await this.embed(work.embed, collection, context.signal);
    context.signal.throwIfAborted();
    await this.database.transaction({ tenant }, (sql) => this.write(sql, { collection, model, work, vectors }));
    this.promotion.consider(collection, model);
  }

  private async write(
    sql: Sql,
    {
      collection,
      model,
      work,
      vectors,
    }: { collection: CollectionRow; model: ModelTable; work: Work; vectors: VectorRow[] },
  ): Promise<void> {
    const { collectionId } = collection;
    if (work.remove.length > 0) await deleteVectors(sql, model, collectionId, work.remove);
    if (vectors.length > 0) await upsertVectors(this.database, sql, model, collectionId, vectors);
    if (work.touch.length > 0) {
      const revisions = work.touch.map((item) => ({ itemId: item.item_id, revision: item.revision }));
      await touchRevisions(sql, model, collectionId, revisions);
    }
  }

  private async embed(items: ChangedItem[], collection: CollectionRow, signal: AbortSignal): Promise<VectorRow[]> {
    if (items.length === 0) return [];
    const texts = items.map((item) => contentOf(item, collection.attributes));
    const vectors = await embedTexts(this.model, texts, 'document', signal);
    return items.map((item, index) => ({
      itemId: item.item_id,
      revision: item.revision,
      contentHash: Buffer.from(item.content_hash),
      vector: vectors[index]!,
    }));
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

/** Pure: compares rows with what the ledger holds. */
export function workOf(rows: ChangedItem[], ledger: Map<string, { contentHash: Buffer; revision: bigint }>): Work {
  const work: Work = { embed: [], touch: [], remove: [] };
  for (const row of rows) {
    const known = ledger.get(row.item_id);
    if (row.deleted) {
      if (known) work.remove.push(row.item_id);
    } else if (!known || Buffer.compare(known.contentHash, row.content_hash) !== 0) {
      work.embed.push(row);
    } else if (known.revision < row.revision) {
      work.touch.push(row);
    }
  }
  return work;
}
