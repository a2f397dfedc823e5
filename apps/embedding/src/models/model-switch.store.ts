import type { Database, Sql } from '@kindred/database';
import type { CollectionModel, InputKind, ModelTable } from '@kindred/vector-index';
import { setState } from '../vectors/collection-models.store.ts';

const inRole = 'tenant_id = kindred.tenant() and collection_id = $1 and kind = $2 and role';

interface Named {
  name: string;
  version: string;
}

/** active to previous, next to active. The caller holds the collection's lock and knows that there is a next one. */
export async function moveRoles(sql: Sql, collectionId: number, kind: InputKind): Promise<void> {
  await sql.query(`update kindred.collection_models set role = 'previous', since = now() where ${inRole} = 'active'`, [
    collectionId,
    kind,
  ]);
  const [active] = await sql.query<Named>(
    `update kindred.collection_models set role = 'active', since = now(), automatic = false where ${inRole} = 'next'
     returning name, version`,
    [collectionId, kind],
  );
  await declareActive(sql, collectionId, kind, active!);
}

const swapped = [
  ...['name', 'version', 'behind_since', 'run_started_at', 'cursor_id', 'items', 'done'],
  ...['failures', 'reason', 'retry_at', 'items_per_second'],
];

/** The active and the previous one change places. */
export async function swapRoles(sql: Sql, collectionId: number, kind: InputKind): Promise<void> {
  const rows = await sql.query<Named & { role: string }>(
    `update kindred.collection_models a set since = now(), ${swapped.map((column) => `${column} = b.${column}`).join(', ')}
       from kindred.collection_models b
      where a.tenant_id = kindred.tenant() and a.collection_id = $1 and a.kind = $2 and a.role in ('active', 'previous')
        and b.tenant_id = a.tenant_id and b.collection_id = a.collection_id and b.kind = a.kind
        and b.role = case a.role when 'active' then 'previous' else 'active' end
      returning a.role, a.name, a.version`,
    [collectionId, kind],
  );
  await declareActive(sql, collectionId, kind, rows.find(({ role }) => role === 'active')!);
}

const declaredIn: Record<InputKind, string> = { text: 'model', image: 'image_model', sound: 'sound_model' };

/** A collection that left the choice to the server goes on doing so while the server's own model is the active one. */
async function declareActive(sql: Sql, collectionId: number, kind: InputKind, { name, version }: Named): Promise<void> {
  await setState(sql, { name, version }, 'active');
  await sql.query(
    `update kindred.collections c set ${declaredIn[kind]} = $2, updated_at = now()
      where c.tenant_id = kindred.tenant() and c.collection_id = $1 and not (c.${declaredIn[kind]} = '' and exists (
        select from kindred.models m where m.tenant_id = c.tenant_id and m.name = $2 and m.provider = 'built-in'))`,
    [collectionId, name],
  );
}

export async function removeRole(sql: Sql, collectionId: number, one: CollectionModel): Promise<void> {
  await sql.query(`delete from kindred.collection_models where ${inRole} = $3`, [collectionId, one.kind, one.role]);
  await setState(sql, one.model, 'retired');
}

export async function deleteAllVectors(sql: Sql, collectionId: number, { table }: ModelTable): Promise<bigint> {
  const [counted] = await sql.query<{ gone: bigint }>(
    `with gone as (delete from kindred.${table} where tenant_id = kindred.tenant() and collection_id = $1 returning 1)
     select count(*) as gone from gone`,
    [collectionId],
  );
  return counted!.gone;
}

/** Of live items; what was refused and has changed since is no longer counted here, but as behind. */
export async function countRefusals(sql: Sql, collectionId: number, { table }: ModelTable): Promise<bigint> {
  const [counted] = await sql.query<{ refused: bigint }>(
    `select count(*) as refused from kindred.vector_refusals r
       join kindred.items i on i.tenant_id = r.tenant_id and i.collection_id = r.collection_id and i.item_id = r.item_id
      where r.tenant_id = kindred.tenant() and r.collection_id = $1 and r.vector_table = $2 and not i.deleted`,
    [collectionId, table],
  );
  return counted!.refused;
}

export async function isBehind(sql: Sql, collectionId: number, { name, version }: ModelTable): Promise<boolean> {
  const rows = await sql.query(
    `select from kindred.collection_models where tenant_id = kindred.tenant() and collection_id = $1
        and name = $2 and version = $3 and behind_since is not null`,
    [collectionId, name, version],
  );
  return rows.length > 0;
}

/** Collections searched by the built-in model in another version, which nobody moves yet. */
export function findOldStandards(
  database: Database,
  { name, version }: Named,
): Promise<{ tenant_id: string; collection_id: number }[]> {
  return database.query(
    { maintenance: 'find-vectors-behind', readOnly: true },
    `select c.tenant_id, c.collection_id from kindred.collection_models c
      where c.kind = 'text' and c.role = 'active' and c.name = $1 and c.version <> $2
        and not exists (select from kindred.collection_models n where n.tenant_id = c.tenant_id
          and n.collection_id = c.collection_id and n.kind = c.kind and n.role = 'next')`,
    [name, version],
  );
}
