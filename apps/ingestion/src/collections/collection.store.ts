import type { Sql } from '@kindred/database';
import { announceCollection, type SearchSettings } from '@kindred/vector-index';

export interface CollectionRecord {
  name: string;
  collection_id: number;
  attributes: unknown;
  unknown_attributes: 'keep' | 'refuse';
  model: string;
  image_model: string;
  sound_model: string;
  expansion_model: string;
  index_settings: unknown;
  search_settings: SearchSettings;
  created_at: Date;
  updated_at: Date;
  items: bigint;
}

const columns = `name, collection_id, attributes, unknown_attributes, model, image_model, sound_model, expansion_model,
  index_settings, search_settings, created_at, updated_at, (select count(*) from kindred.items i where i.tenant_id = c.tenant_id and i.collection_id = c.collection_id and not i.deleted) as items`;

/** Before the row is looked for: of a new name there is none to lock, and two must not both find that there is none. */
export async function lockName(sql: Sql, name: string): Promise<void> {
  await sql.query(
    `select pg_advisory_xact_lock(hashtext('kindred.collections'), hashtext(kindred.tenant() || '/' || $1))`,
    [name],
  );
}

/** The row, locked until commit, or undefined. */
export async function lockCollection(sql: Sql, name: string): Promise<CollectionRecord | undefined> {
  const [row] = await sql.query<CollectionRecord>(
    `select ${columns} from kindred.collections c where tenant_id = kindred.tenant() and name = $1 for update of c`,
    [name],
  );
  return row;
}

export function listCollections(sql: Sql, name?: string): Promise<CollectionRecord[]> {
  return sql.query<CollectionRecord>(
    `select ${columns} from kindred.collections c
      where tenant_id = kindred.tenant() and ($1::text is null or name = $1) order by name`,
    [name ?? null],
  );
}

export interface CollectionDeclaration {
  name: string;
  attributes: unknown;
  unknownAttributes: 'keep' | 'refuse';
  model: string;
  imageModel: string;
  soundModel: string;
  expansionModel: string;
  index: unknown;
  /** Absent: as it was. */
  search?: SearchSettings;
}

export async function putCollection(sql: Sql, declaration: CollectionDeclaration): Promise<void> {
  await sql.query(
    `insert into kindred.collections (tenant_id, name, attributes, unknown_attributes, model, image_model, sound_model,
       expansion_model, index_settings, search_settings)
     values (kindred.tenant(), $1, $2::jsonb, $3, $4, $5, $6, $7, $8::jsonb, coalesce($9::jsonb, '{}'))
     on conflict (tenant_id, name) do update set attributes = excluded.attributes,
       unknown_attributes = excluded.unknown_attributes, model = excluded.model, image_model = excluded.image_model,
       sound_model = excluded.sound_model, expansion_model = excluded.expansion_model,
       index_settings = excluded.index_settings,
       search_settings = coalesce($9::jsonb, collections.search_settings), updated_at = now()`,
    [
      declaration.name,
      JSON.stringify(declaration.attributes),
      declaration.unknownAttributes,
      declaration.model,
      declaration.imageModel,
      declaration.soundModel,
      declaration.expansionModel,
      JSON.stringify(declaration.index),
      declaration.search === undefined ? null : JSON.stringify(declaration.search),
    ],
  );
  await announceCollection(sql, declaration.name);
}

/** Tables of what belongs to a collection, but for its items, datasets and vectors. */
const ofCollections = [
  'documents',
  'user_vectors',
  'item_neighbors',
  'item_companions',
  'item_popularity',
  'scenarios',
  'experiments',
  'recommended',
  'rebuilds',
  'robots',
  'interactions',
  'collection_models',
  'vector_refusals',
  'recent_queries',
  'asked_requests',
  'vocabularies',
  'recall_samples',
  'index_recall',
  'live_recall',
  'vector_segments',
  'asked_fields',
  'vector_changes',
  'training_runs',
  'training_checkpoints',
  'factor_models',
  'item_factors',
  'factor_maps',
];

/** Everything that belongs to the collection, vectors of every model included. Returns the number of live items. */
export async function deleteCollection(sql: Sql, name: string, collectionId: number): Promise<number> {
  const vectorTables = await sql.query<{ vector_table: string }>(
    `select distinct vector_table from kindred.models where tenant_id = kindred.tenant()`,
  );
  for (const table of [...ofCollections, ...vectorTables.map((row) => row.vector_table)]) {
    await sql.query(`delete from kindred.${table} where tenant_id = kindred.tenant() and collection_id = $1`, [
      collectionId,
    ]);
  }
  await deleteDatasets(sql, collectionId);
  const [counted] = await sql.query<{ items: number }>(
    `with gone as (delete from kindred.items where tenant_id = kindred.tenant() and collection_id = $1 returning deleted)
     select count(*)::int as items from gone where not deleted`,
    [collectionId],
  );
  await sql.query(`delete from kindred.collections where tenant_id = kindred.tenant() and name = $1`, [name]);
  await announceCollection(sql, name);
  return counted!.items;
}

/** Ids of erasable events, and of items that nobody can look up any more: results keep the name and hash they noted. */
async function deleteDatasets(sql: Sql, collectionId: number): Promise<void> {
  const datasets = `kindred.datasets where tenant_id = kindred.tenant() and collection_id = $1`;
  for (const members of ['dataset_items', 'dataset_interactions']) {
    await sql.query(
      `delete from kindred.${members} where tenant_id = kindred.tenant() and dataset_id in (select dataset_id from ${datasets})`,
      [collectionId],
    );
  }
  await sql.query(`delete from ${datasets}`, [collectionId]);
}
