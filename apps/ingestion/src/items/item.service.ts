import { type ItemChange, type ItemEvent, itemEvent, parseEvent, topics } from '@kindred/contracts';
import type { Database, Sql } from '@kindred/database';
import { groupBy, type IncomingMessage, type Messaging, type Outcome } from '@kindred/messaging';
import {
  type BackgroundPromotion,
  type CollectionDirectory,
  type CollectionRow,
  deleteDocuments,
  findMorphology,
  noteAnalyzer,
  upsertDocuments,
} from '@kindred/vector-index';
import { perMessage } from '../per-message.ts';
import type { WordRefresh } from '../words/word-refresh.ts';
import { lockHashes, upsertItems } from './item.store.ts';
import { type PreparedItem, prepareItem } from './item-row.ts';

interface Accepted extends PreparedItem {
  collection: CollectionRow;
}

/** Stores item events: relational rows and search documents in one transaction, then tells who derives from them. */
export class ItemService {
  constructor(
    private readonly database: Database,
    private readonly messaging: Messaging,
    private readonly collections: CollectionDirectory,
    private readonly promotion: BackgroundPromotion,
    private readonly words?: Pick<WordRefresh, 'consider'>,
  ) {}

  async store(messages: IncomingMessage[]): Promise<Outcome[]> {
    const { accepted, outcomes } = await perMessage(messages, (message) => this.accept(message));
    if (accepted.length === 0) return outcomes;
    const tenant = messages[0]!.tenant;
    for (const [collection, items] of groupByCollection(accepted)) {
      await this.database.transaction({ tenant }, (sql) => storeRows(sql, collection, items));
      this.promotion.consider(collection, 'documents');
      this.words?.consider(collection);
    }
    // Redelivered and stale events are announced too: a crash may have come between storing and announcing.
    await this.messaging.publish(
      topics.itemChanges.name,
      accepted.map((item) => announcement(tenant, item)),
    );
    return outcomes;
  }

  /** Checks one event; throws the KindredError that rejects it. */
  async check(tenant: string, event: ItemEvent): Promise<CollectionRow> {
    const collection = await this.collections.get(tenant, event.collection);
    prepareItem(event, collection, { revision: 0n, arrival: 0n });
    return collection;
  }

  private async accept(message: IncomingMessage): Promise<Accepted> {
    const event = parseEvent(itemEvent, message.value);
    const collection = await this.collections.get(message.tenant, event.collection);
    const stamp = { revision: message.receivedAt, arrival: message.offset };
    return { ...prepareItem(event, collection, stamp), collection };
  }
}

/** Newest event per item wins inside a batch too: one statement cannot write a row twice. */
function groupByCollection(items: Accepted[]): Map<CollectionRow, Accepted[]> {
  const newest = new Map<string, Accepted>();
  for (const item of items) {
    const key = `${item.collection.collectionId}/${item.row.item_id}`;
    const other = newest.get(key);
    if (!other || isNewer(item, other)) newest.set(key, item);
  }
  return groupBy(newest.values(), (item) => item.collection);
}

function isNewer(a: Accepted, b: Accepted): boolean {
  const [revisionA, revisionB] = [BigInt(a.row.revision), BigInt(b.row.revision)];
  return revisionA > revisionB || (revisionA === revisionB && BigInt(a.row.arrival) > BigInt(b.row.arrival));
}

async function storeRows(sql: Sql, collection: CollectionRow, items: Accepted[]): Promise<void> {
  const { collectionId } = collection;
  const ids = items.map((item) => item.row.item_id);
  const before = await lockHashes(sql, collectionId, ids);
  const written = await upsertItems(
    sql,
    collectionId,
    items.map((item) => item.row),
  );
  const changed = items.filter(({ row }) => written.has(row.item_id) && before.get(row.item_id) !== row.content_hash);
  const gone = changed.filter((item) => item.row.deleted).map((item) => item.row.item_id);
  const live = changed.filter((item) => !item.row.deleted);
  if (gone.length > 0) await deleteDocuments(sql, collectionId, gone);
  if (live.length > 0) await storeDocuments(sql, collection, live);
}

/** Without the analyzer that the collection declares items are found by pairs of characters; that they were is noted. */
async function storeDocuments(
  sql: Sql,
  { collectionId, ...collection }: CollectionRow,
  live: Accepted[],
): Promise<void> {
  const { morphology } = await findMorphology(collection.search.koreanAnalyzer);
  const documents = live.map((item) => ({ itemId: item.row.item_id, text: item.parts }));
  await upsertDocuments(sql, collectionId, documents, morphology);
  const written = morphology?.identity ?? '';
  if (written !== collection.documentsAnalyzer) await noteAnalyzer(sql, collectionId, written);
}

/** Message key of an item: its events keep their order. */
export const itemKey = (collection: string, itemId: string) => `${collection}/${itemId}`;

function announcement(tenant: string, { row, collection }: Accepted) {
  const change: Omit<ItemChange, 'revision'> & { revision: string } = {
    kind: row.deleted ? 'deleted' : 'upserted',
    collection: collection.name,
    item_id: row.item_id,
    revision: row.revision,
  };
  return { tenant, key: itemKey(collection.name, row.item_id), value: JSON.stringify(change) };
}
