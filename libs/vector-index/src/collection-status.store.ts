import type { Database } from '@kindred/database';
import type { CollectionRow } from './collection.store.ts';
import type { ModelTable } from './models/model.store.ts';
import { readLayout } from './search/layout.store.ts';

export interface CollectionStatus {
  name: string;
  /** Live items, hidden ones included. */
  items: bigint;
  vectors: bigint;
  /** Live items without a vector. */
  missing: bigint;
  /** Vectors of another text than the item has now. */
  stale: bigint;
  /** Vectors without a live item. */
  orphaned: bigint;
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
  const ledger = ledgerSql(found.model);
  const [counts] = await database.query<Ledger>({ tenant, readOnly: true }, ledger, [collection.collectionId]);
  const vectorMethod = found.index ? `vector_${found.index.method}` : 'vector_exact';
  return { ...status, ...counts!, model: found.model.name, vectorMethod };
}

type Ledger = Pick<CollectionStatus, 'items' | 'vectors' | 'missing' | 'stale' | 'orphaned'>;

const ledgerSql = (model: ModelTable) => `
  select count(i.item_id) as items, count(v.item_id) as vectors,
    count(*) filter (where v.item_id is null) as missing,
    count(*) filter (where i.content_hash <> v.content_hash) as stale,
    count(*) filter (where i.item_id is null) as orphaned
  from (select item_id, content_hash from kindred.items
         where tenant_id = kindred.tenant() and collection_id = $1 and not deleted) i
  full join (select item_id, content_hash from kindred.${model.table}
              where tenant_id = kindred.tenant() and collection_id = $1) v on v.item_id = i.item_id`;
