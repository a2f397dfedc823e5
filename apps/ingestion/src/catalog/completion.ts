import { type WriteResult, WriteStatus } from '@kindred/contracts';
import type { Database, Sql } from '@kindred/database';
import {
  activeModel,
  type CollectionDirectory,
  type LedgerEntry,
  readCollectionModels,
  readLedger,
} from '@kindred/vector-index';
import { readStored } from '../interactions/interaction.store.ts';
import { type ItemProgress, readProgress } from '../items/item.store.ts';
import { itemMissing } from '../items/item-patch.ts';
import { readErased, readUserRevisions, sessionBelongsTo } from '../users/user.store.ts';
import type { Patience } from './patience.ts';
import { rejectedResult, waitUntilSettled } from './write-result.ts';

/** Answers WAIT_COMPLETED: turns acknowledged results into completed, stale or (out of time) pending ones, in place. */
export class Completion {
  constructor(
    private readonly database: Database,
    private readonly collections: CollectionDirectory,
  ) {}

  /** An item is complete when its row is stored and its vector has the row's text (or the row is a tombstone). */
  async items(tenant: string, collection: string, results: WriteResult[], patience: Patience): Promise<void> {
    const open = newestPerId(results);
    if (open.size === 0) return;
    const row = await this.collections.get(tenant, collection);
    await settle(results, open, patience, async (ids) => {
      return this.database.transaction({ tenant, readOnly: true }, async (sql) => {
        const ledger = await ledgerOf(sql, row.collectionId, ids);
        const progress = await readProgress(sql, row.collectionId, ids);
        return new Map(
          progress.flatMap((item): [string, WriteStatus][] => {
            const wanted = open.get(item.item_id)!;
            if (item.revision > wanted) return [[item.item_id, WriteStatus.WRITE_STATUS_STALE]];
            const isDone = item.revision === wanted && isCurrent(item, ledger);
            return isDone ? [[item.item_id, WriteStatus.WRITE_STATUS_COMPLETED]] : [];
          }),
        );
      });
    });
  }

  /** A patch is complete when its row has its receipt and a vector of what it says; refused when the item went meanwhile. */
  async patches(tenant: string, collection: string, patches: Patch[], patience: Patience): Promise<void> {
    const open = patches.filter(({ result }) => result.status === WriteStatus.WRITE_STATUS_ACKNOWLEDGED);
    if (open.length === 0) return;
    const { collectionId } = await this.collections.get(tenant, collection);
    const receipts = open.map(({ receipt }) => String(receipt));
    const ask = () =>
      this.database.transaction({ tenant, readOnly: true }, (sql) => patchStatuses(sql, collectionId, open));
    const settled = await waitUntilSettled(receipts, ask, patience);
    for (const { receipt, result } of open) {
      result.status = settled.get(String(receipt))!;
      if (result.status !== WriteStatus.WRITE_STATUS_REJECTED) continue;
      Object.assign(result, rejectedResult(result.id, itemMissing(collection, result.id)));
    }
  }

  async users(tenant: string, results: WriteResult[], patience: Patience): Promise<void> {
    const open = newestPerId(results);
    await settle(results, open, patience, async (ids) => {
      const rows = await this.database.transaction({ tenant, readOnly: true }, (sql) => readUserRevisions(sql, ids));
      return new Map(
        rows.flatMap(({ user_id, revision }): [string, WriteStatus][] => {
          const wanted = open.get(user_id)!;
          if (revision < wanted) return [];
          return [[user_id, revision > wanted ? WriteStatus.WRITE_STATUS_STALE : WriteStatus.WRITE_STATUS_COMPLETED]];
        }),
      );
    });
  }

  async interactions(tenant: string, results: WriteResult[], patience: Patience): Promise<void> {
    await settle(results, newestPerId(results), patience, async (ids) => {
      const stored = await this.database.transaction({ tenant, readOnly: true }, (sql) => readStored(sql, ids));
      return new Map([...stored].map((id) => [id, WriteStatus.WRITE_STATUS_COMPLETED]));
    });
  }

  /**
   * Those of the users that are erased: nothing of them is stored, so whoever waited would wait in vain. Who does not wait
   * is not asked for: the log is enough, and the events are left out where they would be stored.
   */
  async erased(tenant: string, userIds: string[]): Promise<Set<string>> {
    if (userIds.length === 0) return new Set();
    return this.database.transaction({ tenant, readOnly: true }, (sql) => readErased(sql, userIds));
  }

  async session(
    tenant: string,
    sessionId: string,
    userId: string,
    result: WriteResult,
    patience: Patience,
  ): Promise<void> {
    await settle([result], newestPerId([result]), patience, async () => {
      const done = await this.database.transaction({ tenant, readOnly: true }, (sql) =>
        sessionBelongsTo(sql, sessionId, userId),
      );
      return new Map(done ? [[userId, WriteStatus.WRITE_STATUS_COMPLETED]] : []);
    });
  }
}

interface Patch {
  receipt: bigint;
  result: WriteResult;
}

async function patchStatuses(sql: Sql, collectionId: number, patches: Patch[]): Promise<Map<string, WriteStatus>> {
  const ids = [...new Set(patches.map(({ result }) => result.id))];
  const ledger = await ledgerOf(sql, collectionId, ids);
  const items = new Map((await readProgress(sql, collectionId, ids)).map((item) => [item.item_id, item]));
  return new Map(
    patches.flatMap(({ receipt, result }): [string, WriteStatus][] => {
      const item = items.get(result.id);
      if (item?.waited.includes(receipt)) {
        return isCurrent(item, ledger) ? [[String(receipt), WriteStatus.WRITE_STATUS_COMPLETED]] : [];
      }
      return !item || item.deleted ? [[String(receipt), WriteStatus.WRITE_STATUS_REJECTED]] : [];
    }),
  );
}

async function ledgerOf(sql: Sql, collectionId: number, ids: string[]): Promise<Map<string, LedgerEntry>> {
  // None until the embedding service has met the tenant's first item.
  const model = activeModel(await readCollectionModels(sql, collectionId), 'text');
  return model ? readLedger(sql, model, collectionId, ids) : new Map();
}

/** Whether the item has a vector of its text, or is gone. */
function isCurrent(item: ItemProgress, ledger: Map<string, LedgerEntry>): boolean {
  const vector = ledger.get(item.item_id);
  return item.deleted || (vector !== undefined && Buffer.compare(vector.contentHash, item.content_hash) === 0);
}

/** The acknowledged ids with the newest revision asked for; older ones of the same id are stale by then. */
function newestPerId(results: WriteResult[]): Map<string, bigint> {
  const newest = new Map<string, bigint>();
  for (const { id, status, revision } of results) {
    if (status !== WriteStatus.WRITE_STATUS_ACKNOWLEDGED) continue;
    const wanted = revision ?? 0n;
    if (wanted >= (newest.get(id) ?? 0n)) newest.set(id, wanted);
  }
  return newest;
}

async function settle(
  results: WriteResult[],
  open: Map<string, bigint>,
  patience: Patience,
  ask: (ids: string[]) => Promise<Map<string, WriteStatus>>,
): Promise<void> {
  const settled = await waitUntilSettled([...open.keys()], ask, patience);
  for (const result of results) {
    if (result.status !== WriteStatus.WRITE_STATUS_ACKNOWLEDGED) continue;
    const superseded = (result.revision ?? 0n) < open.get(result.id)!;
    result.status = superseded ? WriteStatus.WRITE_STATUS_STALE : settled.get(result.id)!;
  }
}
