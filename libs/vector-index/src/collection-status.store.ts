import type { Database } from '@kindred/database';
import type { CollectionRow } from './collection.store.ts';
import { countLedger, type LedgerCounts } from './models/ledger.store.ts';
import { readLayout, vectorMethodOf } from './search/layout.store.ts';

/** Items, and vectors of their texts. */
export interface CollectionStatus extends Omit<LedgerCounts, 'refused'> {
  name: string;
  /** Name of the model; empty where none is registered yet. */
  model: string;
  vectorMethod: string;
  lexicalMethod: string;
}

/** Counts every item and vector of the collection: for people and monitoring, not for the way of a request. */
export async function collectionStatus(database: Database, collection: CollectionRow): Promise<CollectionStatus> {
  const layout = await readLayout(database, collection);
  const found = layout.models.find(({ kind, role }) => kind === 'text' && role === 'active');
  const { tenant, name } = collection;
  const lexicalMethod = layout.lexicalIndex ? 'bm25_index' : 'bm25_exact';
  const status = { name, items: layout.items, lexicalMethod };
  if (!found) {
    const none = { vectors: 0n, missing: layout.items, stale: 0n, orphaned: 0n };
    return { ...status, ...none, model: collection.model, vectorMethod: 'none' };
  }
  const { refused: _, ...counts } = await database.transaction({ tenant, readOnly: true }, (sql) =>
    countLedger(sql, collection.collectionId, 'text', found.model),
  );
  const vectorMethod = vectorMethodOf(found);
  return { ...status, ...counts, model: found.model.name, vectorMethod };
}
