import { type ItemChange as Announced, type ItemEvent, itemEvent, parseEvent, topics } from '@kindred/contracts';
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
import { lockHashes, readRows, readStoredIds, upsertItems } from './item.store.ts';
import { type Folded, foldChanges, type ItemChange, newestOf } from './item-change.ts';
import { checkPatch } from './item-patch.ts';
import { type PreparedItem, prepareItem, type Stamp } from './item-row.ts';

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
    const refused = new Map<IncomingMessage, Outcome>();
    for (const [collection, changes] of groupBy(accepted, (change) => change.collection)) {
      const problems = await this.database.transaction({ tenant }, (sql) => storeChanges(sql, collection, changes));
      for (const { message, error } of problems) refused.set(message, { kind: 'rejected', error });
      this.promotion.consider(collection, 'documents');
      this.words?.consider(collection);
    }
    // Redelivered and stale events are announced too: a crash may have come between storing and announcing.
    const stored = accepted.filter(({ message }) => !refused.has(message));
    await this.messaging.publish(
      topics.itemChanges.name,
      stored.map((change) => announcement(tenant, change)),
    );
    return messages.map((message, at) => refused.get(message) ?? outcomes[at]!);
  }

  /** Keys of those of the items that there are. */
  async stored(tenant: string, items: { collection: string; itemId: string }[]): Promise<Set<string>> {
    const found = await this.database.transaction({ tenant, readOnly: true }, (sql) => readStoredIds(sql, items));
    return new Set(found.map(({ collection, item_id }) => itemKey(collection, item_id)));
  }

  /** Checks one event; throws the KindredError that rejects it. */
  async check(tenant: string, event: ItemEvent): Promise<CollectionRow> {
    const collection = await this.collections.get(tenant, event.collection);
    prepare(event, collection, { revision: 0n, arrival: 0n });
    return collection;
  }

  private async accept(message: IncomingMessage): Promise<ItemChange> {
    const event = parseEvent(itemEvent, message.value);
    const collection = await this.collections.get(message.tenant, event.collection);
    const stamp = { revision: message.receivedAt, arrival: message.offset };
    return { message, collection, itemId: event.item_id, stamp, ...prepare(event, collection, stamp) };
  }
}

function prepare(event: ItemEvent, collection: CollectionRow, stamp: Stamp): Pick<ItemChange, 'made' | 'patch'> {
  if (event.kind !== 'patched') return { made: prepareItem(event, collection, stamp) };
  checkPatch(event, collection);
  return { patch: event };
}

/** One row per item, since one statement cannot write a row twice; returns the patches that no row can take. */
async function storeChanges(sql: Sql, collection: CollectionRow, changes: ItemChange[]): Promise<Folded['refused']> {
  const { collectionId } = collection;
  const byItem = groupBy(changes, (change) => change.itemId);
  const before = await lockHashes(sql, collectionId, [...byItem.keys()]);
  const toPatch = changes.filter(({ patch }) => patch).map(({ itemId }) => itemId);
  const rows = await readRows(sql, collectionId, toPatch);
  const patching = new Set(toPatch);
  const folded = [...byItem].map(
    ([id, list]): Folded =>
      patching.has(id) ? foldChanges(rows.get(id), list) : { item: newestOf(list), refused: [] },
  );
  const items = folded.flatMap(({ item }) => item ?? []);
  if (items.length > 0) await storeRows(sql, collection, items, before);
  return folded.flatMap(({ refused }) => refused);
}

async function storeRows(
  sql: Sql,
  collection: CollectionRow,
  items: PreparedItem[],
  before: Map<string, string>,
): Promise<void> {
  const { collectionId } = collection;
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
  live: PreparedItem[],
): Promise<void> {
  const { morphology } = await findMorphology(collection.search.koreanAnalyzer);
  const documents = live.map((item) => ({ itemId: item.row.item_id, text: item.parts }));
  await upsertDocuments(sql, collectionId, documents, morphology);
  const written = morphology?.identity ?? '';
  if (written !== collection.documentsAnalyzer) await noteAnalyzer(sql, collectionId, written);
}

/** Message key of an item: its events keep their order. */
export const itemKey = (collection: string, itemId: string) => `${collection}/${itemId}`;

/** Readers take the row as it is then: of a patch the revision says nothing. */
function announcement(tenant: string, { collection, itemId, made }: ItemChange) {
  const change: Omit<Announced, 'revision'> & { revision: string } = {
    kind: made?.row.deleted ? 'deleted' : 'upserted',
    collection: collection.name,
    item_id: itemId,
    revision: made?.row.revision ?? '0',
  };
  return { tenant, key: itemKey(collection.name, itemId), value: JSON.stringify(change) };
}
