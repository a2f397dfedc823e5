import type { Database, Sql } from '@kindred/database';
import type { CollectionRow } from '../collection.store.ts';
import { documentsVersion } from '../document.store.ts';

export interface VocabularyState {
  /** Of the items as they are now. */
  now: string;
  /** Of those the vocabulary was made of; null where there is none yet. */
  built: string | null;
  documentsVersion: number;
  /** Since the vocabulary was made, and how long that took. */
  ageMs: number;
  tookMs: number;
}

/** Every change of an item changes its revision, and so the sum; hidden items have no part in it. */
export async function readVocabularyState(sql: Sql, collectionId: number): Promise<VocabularyState | undefined> {
  const [row] = await sql.query<VocabularyState>(
    `select (select count(*) || '/' || coalesce(sum(i.revision), 0) from kindred.items i
              where i.tenant_id = c.tenant_id and i.collection_id = c.collection_id and not i.deleted and not i.hidden)
         || '/' || md5(c.attributes::text) as now,
       v.items_state as built, coalesce(v.documents_version, 0) as "documentsVersion",
       coalesce(extract(epoch from clock_timestamp() - v.built_at), 0)::float8 * 1000 as "ageMs",
       coalesce(v.took_ms, 0) as "tookMs"
       from kindred.collections c left join kindred.vocabularies v using (tenant_id, collection_id)
      where c.tenant_id = kindred.tenant() and c.collection_id = $1`,
    [collectionId],
  );
  return row;
}

export interface TextRow {
  item_id: string;
  hidden: boolean;
  title: string;
  body: string;
  categories: string[];
  attributes: Record<string, unknown>;
}

/** The next items by id, at most `most`, with the first `bodyLength` characters of their bodies. */
export function readTexts(
  sql: Sql,
  collectionId: number,
  after: string,
  { most, bodyLength, lock }: { most: number; bodyLength: number; lock: boolean },
): Promise<TextRow[]> {
  return sql.query<TextRow>(
    `select item_id, hidden, title, left(body, $4) as body, categories, attributes from kindred.items
      where tenant_id = kindred.tenant() and collection_id = $1 and item_id > $2 and not deleted
      order by item_id limit $3 ${lock ? 'for share' : ''}`,
    [collectionId, after, most, bodyLength],
  );
}

export interface BuiltVocabulary {
  state: string;
  documentsVersion: number;
  words: string;
  phrases: string;
  tookMs: number;
}

/** Nothing where the collection is gone by now. */
export async function writeVocabulary(sql: Sql, collectionId: number, built: BuiltVocabulary): Promise<void> {
  await sql.query(
    `insert into kindred.vocabularies (tenant_id, collection_id, items_state, documents_version, words, phrases, took_ms)
     select tenant_id, collection_id, $2, $3, $4, $5, $6 from kindred.collections
      where tenant_id = kindred.tenant() and collection_id = $1 for key share
     on conflict (tenant_id, collection_id) do update set items_state = excluded.items_state,
       documents_version = excluded.documents_version, words = excluded.words, phrases = excluded.phrases,
       built_at = now(), took_ms = excluded.took_ms`,
    [collectionId, built.state, built.documentsVersion, built.words, built.phrases, built.tookMs],
  );
}

/** Of a new collection: its documents are all of the present version. */
export async function startVocabulary(sql: Sql, collection: string): Promise<void> {
  await sql.query(
    `insert into kindred.vocabularies (tenant_id, collection_id, items_state, documents_version, words, phrases, took_ms)
     select tenant_id, collection_id, '', $2, '', '', 0 from kindred.collections
      where tenant_id = kindred.tenant() and name = $1`,
    [collection, documentsVersion],
  );
}

/** When the vocabulary was made; undefined where there is none. */
export async function readBuiltAt(
  database: Database,
  { tenant, collectionId }: Pick<CollectionRow, 'tenant' | 'collectionId'>,
): Promise<string | undefined> {
  const [row] = await database.query<{ built_at: string }>(
    { tenant, readOnly: true },
    `select built_at::text as built_at from kindred.vocabularies where tenant_id = kindred.tenant() and collection_id = $1`,
    [collectionId],
  );
  return row?.built_at;
}

export async function readVocabularyLines(
  database: Database,
  { tenant, collectionId }: Pick<CollectionRow, 'tenant' | 'collectionId'>,
): Promise<{ builtAt: string; words: string; phrases: string } | undefined> {
  const [row] = await database.query<{ built_at: string; words: string; phrases: string }>(
    { tenant, readOnly: true },
    `select built_at::text as built_at, words, phrases from kindred.vocabularies
      where tenant_id = kindred.tenant() and collection_id = $1`,
    [collectionId],
  );
  return row && { builtAt: row.built_at, words: row.words, phrases: row.phrases };
}
