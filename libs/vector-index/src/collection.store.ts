import type { Database, Sql } from '@kindred/database';
import type { AttributeDeclaration } from './content.ts';
import type { Distance } from './search/distance.ts';
import type { SearchSettings } from './text/search-settings.ts';

export interface CollectionRow {
  tenant: string;
  collectionId: number;
  name: string;
  attributes: AttributeDeclaration[];
  unknownAttributes: 'keep' | 'refuse';
  /** Name of the embedding model; empty: the server's default. */
  model: string;
  /** Empty: pictures, or sounds, are not embedded. */
  imageModel: string;
  soundModel: string;
  /** Name of the word model whose nearest words widen text queries; empty: none. */
  expansionModel: string;
  index: IndexSettings;
  /** How its texts are searched. */
  search: SearchSettings;
  /** What all its documents were analyzed by beside pairs of characters; no analyzer's where they differ. */
  documentsAnalyzer: string;
  createdAt: Date;
  updatedAt: Date;
}

export interface IndexSettings {
  kind: 'auto' | 'exact' | 'hnsw' | 'ivfflat';
  m?: number;
  efConstruction?: number;
  lists?: number;
  /** What the index orders by. Default cosine. */
  distance?: Distance;
  /** What the index is made of. Default: what can be indexed, the vectors as they are stored first. */
  element?: 'stored' | 'half' | 'bit';
  /** Where a query names neither a breadth nor a recall. */
  efSearch?: number;
  probes?: number;
  /** HNSW: fields whose common values have a graph of their own, for searches behind `field = value`. Absent: those that are asked for. */
  segments?: string[];
}

interface StoredCollection {
  collection_id: number;
  name: string;
  attributes: AttributeDeclaration[];
  unknown_attributes: 'keep' | 'refuse';
  model: string;
  image_model: string;
  sound_model: string;
  expansion_model: string;
  index_settings: Partial<IndexSettings>;
  search_settings: SearchSettings;
  documents_analyzer: string;
  created_at: Date;
  updated_at: Date;
}

/** All collections of the tenant by name, or the one with the name. */
export async function readCollections(database: Database, tenant: string, name?: string): Promise<CollectionRow[]> {
  const rows = await database.query<StoredCollection>(
    { tenant, readOnly: true },
    `select collection_id, name, attributes, unknown_attributes, model, image_model, sound_model, expansion_model,
       index_settings, search_settings, coalesce(documents_analyzer, '') as documents_analyzer, created_at, updated_at
       from kindred.collections left join kindred.vocabularies using (tenant_id, collection_id)
      where tenant_id = kindred.tenant() and ($1::text is null or name = $1) order by name`,
    [name ?? null],
  );
  return rows.map((row) => ({
    tenant,
    collectionId: row.collection_id,
    name: row.name,
    attributes: row.attributes,
    unknownAttributes: row.unknown_attributes,
    model: row.model,
    imageModel: row.image_model,
    soundModel: row.sound_model,
    expansionModel: row.expansion_model,
    index: { kind: 'auto', ...row.index_settings },
    search: row.search_settings,
    documentsAnalyzer: row.documents_analyzer,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }));
}

/** NOTIFY on this channel with the payload "<tenant>/<name>" tells every process that a collection changed. */
export const collectionsChannel = 'kindred_collections';

/** Tells every process, when the transaction commits, that the collection or how it is stored changed. */
export async function announceCollection(sql: Sql, name: string): Promise<void> {
  await sql.query(`select pg_notify($2, kindred.tenant() || '/' || $1)`, [name, collectionsChannel]);
}

/** The same by id. */
export async function announceCollectionId(sql: Sql, collectionId: number): Promise<void> {
  await sql.query(
    `select pg_notify($2, tenant_id || '/' || name) from kindred.collections
      where tenant_id = kindred.tenant() and collection_id = $1`,
    [collectionId, collectionsChannel],
  );
}

/** The declared settings; undefined where the collection is gone. */
export async function readIndexSettings(sql: Sql, collectionId: number): Promise<IndexSettings | undefined> {
  const [row] = await sql.query<{ index_settings: Partial<IndexSettings> }>(
    'select index_settings from kindred.collections where tenant_id = kindred.tenant() and collection_id = $1',
    [collectionId],
  );
  return row && { kind: 'auto', ...row.index_settings };
}
