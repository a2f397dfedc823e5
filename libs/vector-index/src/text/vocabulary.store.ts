import type { Database, Sql } from '@kindred/database';
import { announceCollectionId, type CollectionRow } from '../collection.store.ts';
import { documentsVersion } from '../document.store.ts';

export interface VocabularyState {
  /** Of the items as they are now. */
  now: string;
  /** Of those the vocabulary was made of; null where there is none yet. */
  built: string | null;
  documentsVersion: number;
  /** What all documents were analyzed by, and what the collection declares. */
  documentsAnalyzer: string;
  koreanAnalyzer: string;
  /** Since the collection was changed. */
  settledMs: number;
  /** Since the vocabulary was made, and how long that took. */
  ageMs: number;
  tookMs: number;
}

/** Every change of an item changes its revision or its patches, and so the sum; hidden items have no part in it. */
export async function readVocabularyState(sql: Sql, collectionId: number): Promise<VocabularyState | undefined> {
  const [row] = await sql.query<VocabularyState>(
    `select (select count(*) || '/' || coalesce(sum(i.revision) + sum(i.patches), 0) from kindred.items i
              where i.tenant_id = c.tenant_id and i.collection_id = c.collection_id and not i.deleted and not i.hidden)
         || '/' || md5(c.attributes::text) as now,
       v.items_state as built, coalesce(v.documents_version, 0) as "documentsVersion",
       coalesce(v.documents_analyzer, '') as "documentsAnalyzer", coalesce(c.search_settings->>'koreanAnalyzer', '') as "koreanAnalyzer",
       extract(epoch from clock_timestamp() - c.updated_at)::float8 * 1000 as "settledMs",
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
  /** What the documents were rewritten by; undefined: they were not. */
  analyzer: string | undefined;
  words: string;
  phrases: string;
  tookMs: number;
}

/**
 * Nothing where the collection is gone by now. Rewritten documents are all of one analyzer, unless a writer of another one noted
 * meanwhile that they are not.
 */
export async function writeVocabulary(sql: Sql, collectionId: number, built: BuiltVocabulary): Promise<void> {
  await sql.query(
    `insert into kindred.vocabularies as v (tenant_id, collection_id, items_state, documents_version, words, phrases, took_ms,
       documents_analyzer)
     select tenant_id, collection_id, $2, $3, $4, $5, $6, coalesce($7, '') from kindred.collections
      where tenant_id = kindred.tenant() and collection_id = $1 for key share
     on conflict (tenant_id, collection_id) do update set items_state = excluded.items_state,
       documents_version = excluded.documents_version, words = excluded.words, phrases = excluded.phrases,
       built_at = now(), took_ms = excluded.took_ms,
       documents_analyzer = case when v.documents_analyzer = 'to ' || $7 then $7 else v.documents_analyzer end`,
    [
      collectionId,
      built.state,
      built.documentsVersion,
      built.words,
      built.phrases,
      built.tookMs,
      built.analyzer ?? null,
    ],
  );
  if (built.analyzer !== undefined) await announceCollectionId(sql, collectionId);
}

/** Of a new collection: its documents are all of the present version, and will be of that analyzer. */
export async function startVocabulary(sql: Sql, collection: string, analyzer: string): Promise<void> {
  await sql.query(
    `insert into kindred.vocabularies (tenant_id, collection_id, items_state, documents_version, words, phrases, took_ms,
       documents_analyzer)
     select tenant_id, collection_id, '', $2, '', '', 0, $3 from kindred.collections
      where tenant_id = kindred.tenant() and name = $1`,
    [collection, documentsVersion, analyzer],
  );
}

/** Before documents are rewritten by an analyzer; '' for none. */
export async function startRewriting(sql: Sql, collectionId: number, analyzer: string): Promise<void> {
  await sql.query(
    `update kindred.vocabularies set documents_analyzer = 'to ' || $2
      where tenant_id = kindred.tenant() and collection_id = $1 and documents_analyzer <> $2`,
    [collectionId, analyzer],
  );
}

/** With documents of an analyzer: notes where others are of another one. They are made one again by the next refresh. */
export async function noteAnalyzer(sql: Sql, collectionId: number, analyzer: string): Promise<void> {
  await sql.query(
    `update kindred.vocabularies set documents_analyzer = 'mixed'
      where tenant_id = kindred.tenant() and collection_id = $1 and documents_analyzer not in ($2, 'to ' || $2, 'mixed')`,
    [collectionId, analyzer],
  );
}

/** Of a collection that from now on declares another analyzer: the next refresh follows at once. */
export async function changeAnalyzer(sql: Sql, collectionId: number): Promise<void> {
  await sql.query(
    `update kindred.vocabularies set documents_analyzer = 'mixed', took_ms = 0
      where tenant_id = kindred.tenant() and collection_id = $1`,
    [collectionId],
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
