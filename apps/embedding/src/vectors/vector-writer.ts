import type { Database, Sql } from '@kindred/database';
import type { ModelPool } from '@kindred/embedder';
import {
  deleteVectors,
  type ModelTable,
  readLedger,
  readRoles,
  readVectorsByContent,
  touchRevisions,
  upsertVectors,
} from '@kindred/vector-index';
import { type ChangedItem, lockItems, readChangedItems } from './changed-items.store.ts';
import { lockRoles } from './collection-models.store.ts';
import { type Embedded, embedItems, ModelFailure } from './embed-items.ts';
import type { ReadInput } from './read-input.ts';
import { forgetRefusals, noteRefusals } from './refusals.store.ts';
import { sameTarget, type Target } from './target.ts';
import { hashOf, type VectorWork, workOf } from './vector-work.ts';

/** What is to be written for one target. */
export interface Prepared extends Embedded {
  target: Target;
  work: VectorWork;
}

/** Embeds what changed and writes it: the one way in which vectors come to be. */
export class VectorWriter {
  constructor(
    private readonly database: Database,
    private readonly models: ModelPool,
    private readonly readInput: ReadInput,
  ) {}

  /** The rows now, and for each target what they need. One snapshot. */
  read(targets: readonly Target[], itemIds: string[]): Promise<{ target: Target; work: VectorWork }[]> {
    const { tenant, collectionId } = targets[0]!.collection;
    return this.database.transaction({ tenant, readOnly: true }, async (sql) => {
      const rows = await readChangedItems(sql, collectionId, itemIds);
      const works: { target: Target; work: VectorWork }[] = [];
      for (const target of targets) {
        const ledger = await readLedger(sql, target.model, collectionId, itemIds);
        works.push({ target, work: workOf(rows, target.kind, ledger) });
      }
      return works;
    });
  }

  /** Throws ModelFailure when the target's model does not work now. */
  async prepare(target: Target, work: VectorWork, signal: AbortSignal): Promise<Prepared> {
    if (work.embed.length === 0) return { target, work, rows: [], refusals: [] };
    const { collection, kind, model: table } = target;
    const model = await this.opened(collection.tenant, table);
    const known = await this.known(collection.tenant, table, work.embed, kind);
    const request = { collection, kind, model, readInput: this.readInput, known, signal };
    return { target, work, ...(await embedItems(work.embed, request)) };
  }

  /** All of it or nothing. False when a target's role was changed meanwhile: then the work is to be done anew. */
  async write(prepared: readonly Prepared[], others: (sql: Sql) => Promise<void> = async () => {}): Promise<boolean> {
    const { tenant, collectionId, index } = prepared[0]!.target.collection;
    return this.database.transaction({ tenant }, async (sql) => {
      // Whoever changes an item moves its vectors afterwards: in the same order here, or the two wait for each other.
      if (index.segments) await lockItems(sql, collectionId, prepared.flatMap(idsOf));
      await lockRoles(sql, collectionId, 'share');
      const roles = await readRoles(sql, collectionId);
      if (!prepared.every(({ target }) => roles.some((role) => sameTarget(role, target)))) return false;
      for (const one of prepared) await this.writeOne(sql, one);
      await others(sql);
      return true;
    });
  }

  private async writeOne(sql: Sql, { target, work, rows, refusals }: Prepared): Promise<void> {
    const { collectionId } = target.collection;
    const { model } = target;
    // A vector of what the item was before would be wrong: better none.
    const gone = [...work.remove, ...refusals.map(({ item }) => item.item_id)];
    await deleteVectors(sql, model, collectionId, gone);
    await upsertVectors(this.database, sql, model, collectionId, rows);
    const touched = work.touch.map((item) => ({ itemId: item.item_id, revision: item.revision }));
    await touchRevisions(sql, model, collectionId, touched);
    await forgetRefusals(sql, model, collectionId, [...work.remove, ...rows.map(({ itemId }) => itemId)]);
    await noteRefusals(sql, model, collectionId, refusals);
  }

  private async opened(tenant: string, table: ModelTable) {
    try {
      return await this.models.registered(tenant, table);
    } catch (error) {
      throw new ModelFailure((error as Error).message, { cause: error });
    }
  }

  private async known(tenant: string, model: ModelTable, items: readonly ChangedItem[], kind: Target['kind']) {
    const hashes = items.map((item) => hashOf(item, kind)!);
    return this.database.transaction({ tenant, readOnly: true }, (sql) => readVectorsByContent(sql, model, hashes));
  }
}

const idsOf = ({ work, rows, refusals }: Prepared): string[] => [
  ...work.remove,
  ...refusals.map(({ item }) => item.item_id),
  ...rows.map(({ itemId }) => itemId),
  ...work.touch.map((item) => item.item_id),
];
