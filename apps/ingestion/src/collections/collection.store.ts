import type { Sql } from '@kindred/database';

export interface CollectionRecord {
  name: string;
  collection_id: number;
  attributes: unknown;
  unknown_attributes: 'keep' | 'refuse';
  model: string;
  index_settings: unknown;
  created_at: Date;
  updated_at: Date;
  items: bigint;
}

const columns = `name, collection_id, attributes, unknown_attributes, model, index_settings, created_at, updated_at,
  (select count(*) from kindred.items i where i.tenant_id = c.tenant_id and i.collection_id = c.collection_id and not i.deleted) as items`;

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
  index: unknown;
}

export async function putCollection(sql: Sql, declaration: CollectionDeclaration): Promise<void> {
  await sql.query(
    `insert into kindred.collections (tenant_id, name, attributes, unknown_attributes, model, index_settings)
     values (kindred.tenant(), $1, $2::jsonb, $3, $4, $5::jsonb)
     on conflict (tenant_id, name) do update set attributes = excluded.attributes,
       unknown_attributes = excluded.unknown_attributes, model = excluded.model,
       index_settings = excluded.index_settings, updated_at = now()`,
    [
      declaration.name,
      JSON.stringify(declaration.attributes),
      declaration.unknownAttributes,
      declaration.model,
      JSON.stringify(declaration.index),
    ],
  );
  await notifyCollection(sql, declaration.name);
}

export async function notifyCollection(sql: Sql, name: string): Promise<void> {
  await sql.query(`select pg_notify('kindred_collections', kindred.tenant() || '/' || $1)`, [name]);
}

export async function modelExists(sql: Sql, name: string): Promise<boolean> {
  const rows = await sql.query(`select from kindred.models where tenant_id = kindred.tenant() and name = $1 limit 1`, [
    name,
  ]);
  return rows.length > 0;
}

/** Everything that belongs to the collection, vectors of every model included. Returns the number of live items. */
export async function deleteCollection(sql: Sql, name: string, collectionId: number): Promise<number> {
  const vectorTables = await sql.query<{ vector_table: string }>(
    `select distinct vector_table from kindred.models where tenant_id = kindred.tenant()`,
  );
  const derived = ['documents', 'user_vectors', 'item_neighbors', 'item_popularity', 'rebuilds', 'interactions'];
  for (const table of [...derived, ...vectorTables.map((row) => row.vector_table)]) {
    await sql.query(`delete from kindred.${table} where tenant_id = kindred.tenant() and collection_id = $1`, [
      collectionId,
    ]);
  }
  const [counted] = await sql.query<{ items: number }>(
    `with gone as (delete from kindred.items where tenant_id = kindred.tenant() and collection_id = $1 returning deleted)
     select count(*)::int as items from gone where not deleted`,
    [collectionId],
  );
  await sql.query(`delete from kindred.collections where tenant_id = kindred.tenant() and name = $1`, [name]);
  await notifyCollection(sql, name);
  return counted!.items;
}
