import type { Sql } from '@kindred/database';
import { type InputKind, type ModelTable, modelColumns, modelTable, type StoredModel } from './model.store.ts';

export type ModelRole = 'active' | 'next' | 'previous';

/** A model that has vectors of a collection. */
export interface CollectionModel {
  kind: InputKind;
  role: ModelRole;
  model: ModelTable;
  /** It fails as a whole until then; null while it works. */
  retryAt: Date | null;
  /** Will be searched as soon as it is complete, without anybody asking. */
  automatic: boolean;
}

interface Row extends StoredModel {
  kind: InputKind;
  role: ModelRole;
  retry_at: Date | null;
  automatic: boolean;
}

/** The models that have vectors of the collection, the active ones first. */
export async function readRoles(sql: Sql, collectionId: number): Promise<CollectionModel[]> {
  const rows = await sql.query<Row>(
    `select c.kind, c.role, ${modelColumns}, case when c.retry_at > now() then c.retry_at end as retry_at,
       c.automatic
       from kindred.collection_models c
       join kindred.models m on m.tenant_id = c.tenant_id and m.name = c.name and m.version = c.version
      where c.tenant_id = kindred.tenant() and c.collection_id = $1
      order by c.role, c.kind`,
    [collectionId],
  );
  return rows.map(collectionModel);
}

/**
 * As readRoles; before anything of the collection was embedded also the model its texts will go to: the newest with its
 * declared name, or for none a model of text that is in use.
 */
export async function readCollectionModels(sql: Sql, collectionId: number): Promise<CollectionModel[]> {
  const roles = await readRoles(sql, collectionId);
  if (activeModel(roles, 'text')) return roles;
  const rows = await sql.query<Row>(
    `select 'text' as kind, 'active' as role, ${modelColumns}, null as retry_at, false as automatic from kindred.models m
       join kindred.collections c on c.tenant_id = m.tenant_id and c.collection_id = $1
      where m.tenant_id = kindred.tenant() and case c.model when '' then 'text' = any(m.takes) else m.name = c.model end
      order by m.state = 'active' desc, m.provider = 'built-in' desc, m.created_at desc, m.version desc limit 1`,
    [collectionId],
  );
  return [...rows.map(collectionModel), ...roles];
}

/** The model of text of each of the collections that has one: one statement for all that have been embedded. */
export async function readTextModels(sql: Sql, collectionIds: readonly number[]): Promise<Map<number, ModelTable>> {
  const rows = await sql.query<StoredModel & { collection_id: number }>(
    `select c.collection_id, ${modelColumns}
       from kindred.collection_models c
       join kindred.models m on m.tenant_id = c.tenant_id and m.name = c.name and m.version = c.version
      where c.tenant_id = kindred.tenant() and c.collection_id = any($1::int[]) and c.kind = 'text' and c.role = 'active'`,
    [collectionIds],
  );
  const found = new Map(rows.map((row) => [row.collection_id, modelTable(row)]));
  for (const id of collectionIds) {
    const model = found.get(id) ?? activeModel(await readCollectionModels(sql, id), 'text');
    if (model) found.set(id, model);
  }
  return found;
}

const collectionModel = (row: Row): CollectionModel => ({
  kind: row.kind,
  role: row.role,
  model: modelTable(row),
  retryAt: row.retry_at,
  automatic: row.automatic,
});

/** The model that answers for the kind of input. */
export const activeModel = (models: readonly CollectionModel[], kind: InputKind): ModelTable | undefined =>
  models.find((one) => one.kind === kind && one.role === 'active')?.model;
