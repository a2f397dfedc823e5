import type { Sql } from '@kindred/database';
import { type LiveItemRow, liveItemColumns } from '@kindred/vector-index';

/** An item as it is written: one row of kindred.items. */
export interface ItemRow {
  item_id: string;
  /** Decimal digits: JSON has no 64-bit integers. */
  revision: string;
  arrival: string;
  deleted: boolean;
  hidden: boolean;
  title: string;
  body: string;
  image_url: string;
  price: number | null;
  stock: number | null;
  categories: string[];
  attributes: Record<string, unknown>;
  /** Hex. */
  content_hash: string;
  /** Where in the log the last event stands that made the row, and when it got there; decimal digits. */
  log_offset: string;
  logged_at: string;
  /** How many patches were ever merged into it; receipts of the last ones that a caller waits for. */
  patches: string;
  waited: string[];
}

/** Content hash (hex) of the rows that exist, locked until commit so that text and document cannot part. */
export async function lockHashes(sql: Sql, collectionId: number, itemIds: string[]): Promise<Map<string, string>> {
  const rows = await sql.query<{ item_id: string; content_hash: string }>(
    `select item_id, encode(content_hash, 'hex') as content_hash from kindred.items
      where tenant_id = kindred.tenant() and collection_id = $1 and item_id = any($2::text[])
      order by item_id for update`,
    [collectionId, itemIds],
  );
  return new Map(rows.map((row) => [row.item_id, row.content_hash]));
}

/** The rows as they are, tombstones too. Lock them first. */
export async function readRows(sql: Sql, collectionId: number, itemIds: string[]): Promise<Map<string, ItemRow>> {
  if (itemIds.length === 0) return new Map();
  const rows = await sql.query<ItemRow>(
    `select item_id, revision::text, arrival::text, deleted, hidden, title, body, image_url, price, stock::float8 as stock, categories,
       attributes, encode(content_hash, 'hex') as content_hash, log_offset::text, logged_at::text, patches::text, waited::text[]
       from kindred.items where tenant_id = kindred.tenant() and collection_id = $1 and item_id = any($2::text[])`,
    [collectionId, itemIds],
  );
  return new Map(rows.map((row) => [row.item_id, row]));
}

/** Writes the rows that are newer than what is stored; returns the ids of those. One row per item_id. */
export async function upsertItems(sql: Sql, collectionId: number, rows: ItemRow[]): Promise<Set<string>> {
  const written = await sql.query<{ item_id: string }>(
    `insert into kindred.items as i (tenant_id, collection_id, item_id, revision, arrival, deleted, hidden, title, body,
       image_url, price, stock, categories, attributes, content_hash, log_offset, logged_at, patches, waited)
     select kindred.tenant(), $1, r.item_id, r.revision, r.arrival, r.deleted, r.hidden, r.title, r.body,
       r.image_url, r.price, r.stock, r.categories, r.attributes, decode(r.content_hash, 'hex'), r.log_offset, r.logged_at,
       r.patches, r.waited
     from jsonb_to_recordset($2::jsonb) as r(item_id text, revision bigint, arrival bigint, deleted boolean, hidden boolean,
       title text, body text, image_url text, price double precision, stock bigint, categories text[], attributes jsonb,
       content_hash text, log_offset bigint, logged_at bigint, patches bigint, waited bigint[])
     order by r.item_id
     on conflict (tenant_id, collection_id, item_id) do update set
       revision = excluded.revision, arrival = excluded.arrival, deleted = excluded.deleted, hidden = excluded.hidden,
       title = excluded.title, body = excluded.body, image_url = excluded.image_url, price = excluded.price,
       stock = excluded.stock, categories = excluded.categories, attributes = excluded.attributes,
       content_hash = excluded.content_hash, updated_at = now(), log_offset = excluded.log_offset,
       logged_at = excluded.logged_at, patches = greatest(i.patches, excluded.patches),
       waited = case when excluded.patches > i.patches then excluded.waited else i.waited end
     where (i.revision, i.arrival, i.patches) < (excluded.revision, excluded.arrival, excluded.patches)
     returning i.item_id`,
    [collectionId, JSON.stringify(rows)],
  );
  return new Set(written.map((row) => row.item_id));
}

/** Those that exist, hidden ones too. */
export function readStoredIds(
  sql: Sql,
  items: { collection: string; itemId: string }[],
): Promise<{ collection: string; item_id: string }[]> {
  return sql.query(
    `select distinct c.name as collection, i.item_id
       from jsonb_to_recordset($1::jsonb) as r(collection text, "itemId" text)
       join kindred.collections c on c.tenant_id = kindred.tenant() and c.name = r.collection
       join kindred.items i on i.tenant_id = c.tenant_id and i.collection_id = c.collection_id and i.item_id = r."itemId"
      where not i.deleted`,
    [JSON.stringify(items.map(({ collection, itemId }) => ({ collection, itemId })))],
  );
}

export interface ItemProgress {
  item_id: string;
  revision: bigint;
  deleted: boolean;
  content_hash: Buffer;
  waited: bigint[];
}

/** How far the items have come: their stored revision and text. */
export function readProgress(sql: Sql, collectionId: number, itemIds: string[]): Promise<ItemProgress[]> {
  return sql.query<ItemProgress>(
    `select item_id, revision, deleted, content_hash, waited from kindred.items
      where tenant_id = kindred.tenant() and collection_id = $1 and item_id = any($2::text[])`,
    [collectionId, itemIds],
  );
}

/** The items that exist, hidden ones too, in the order of the ids. */
export function readItems(sql: Sql, collectionId: number, itemIds: string[]): Promise<LiveItemRow[]> {
  return sql.query<LiveItemRow>(
    `select ${liveItemColumns} from kindred.items i
      where i.tenant_id = kindred.tenant() and i.collection_id = $1 and i.item_id = any($2::text[]) and not i.deleted
      order by array_position($2::text[], i.item_id)`,
    [collectionId, itemIds],
  );
}
