import type { Database, Sql } from '@kindred/database';
import { hasInputSql, type InputKind, type ModelRole, type ModelTable } from '@kindred/vector-index';
import type { Target } from './target.ts';

/** A collection's model whose vectors lag, and how far repairing them has come. */
export interface Behind {
  tenant_id: string;
  collection: string;
  kind: InputKind;
  role: ModelRole;
}

/** Those that nobody works at and whose model is not failing just now, longest waiting first. */
export function findBehind(database: Database): Promise<Behind[]> {
  return database.query<Behind>(
    { maintenance: 'find-vectors-behind', readOnly: true },
    `select m.tenant_id, c.name as collection, m.kind, m.role
       from kindred.collection_models m
       join kindred.collections c on c.tenant_id = m.tenant_id and c.collection_id = m.collection_id
      where m.behind_since is not null and m.leased_until < now() and m.retry_at <= now()
      order by m.behind_since`,
  );
}

/** Collections that declare a model for a kind of input and have none at work yet. */
export function findUndeclared(database: Database): Promise<{ tenant_id: string; collection: string }[]> {
  return database.query(
    { maintenance: 'find-vectors-behind', readOnly: true },
    `select distinct c.tenant_id, c.name as collection from kindred.collections c
      cross join lateral (values ('text', c.model), ('image', c.image_model), ('sound', c.sound_model)) d(kind, model)
      where d.model <> '' and exists (select from kindred.models m where m.tenant_id = c.tenant_id and m.name = d.model)
        and not exists (select from kindred.collection_models m
          where m.tenant_id = c.tenant_id and m.collection_id = c.collection_id and m.kind = d.kind)`,
  );
}

export interface Run {
  started_at: Date;
  cursor_id: string;
  items: bigint;
  done: bigint;
  items_per_second: number | null;
  automatic: boolean;
}

const own = `tenant_id = kindred.tenant() and collection_id = $1 and kind = $2 and role = $3`;
const key = ({ collection, kind, role }: Target) => [collection.collectionId, kind, role];
const lease = `leased_until = now() + interval '30 seconds'`;

/** Takes the work over for half a minute, from where the last one came; undefined where somebody else has it. */
export async function claim(sql: Sql, target: Target, worker: string): Promise<Run | undefined> {
  const [run] = await sql.query<Run>(
    `update kindred.collection_models set leased_by = $4, ${lease}, run_started_at = coalesce(run_started_at, clock_timestamp())
      where ${own} and behind_since is not null and (leased_until < now() or leased_by = $4)
      returning run_started_at as started_at, cursor_id, items, done, items_per_second, automatic`,
    [...key(target), worker],
  );
  return run;
}

/** How far a run has come. */
export interface Progress {
  /** Id of the last item looked at. */
  cursor: string;
  items: bigint;
  done: bigint;
  indexing?: boolean;
}

/** Notes the progress and keeps the lease. False where it was lost. */
export async function advance(
  sql: Sql,
  target: Target,
  worker: string,
  { cursor, items, done, indexing = false }: Progress,
): Promise<boolean> {
  const rows = await sql.query(
    `update kindred.collection_models set cursor_id = $5, items = $6, done = $7, indexing = $8, failures = 0, reason = '',
        ${lease} where ${own} and leased_by = $4 returning role`,
    [...key(target), worker, cursor, items, done, indexing],
  );
  return rows.length > 0;
}

/** Another process may have it. Work marked since the run began leaves it behind; else all is well. */
export async function endRun(
  sql: Sql,
  target: Target,
  worker: string,
  { complete }: { complete: boolean },
): Promise<void> {
  const rest = complete
    ? `behind_since = case when behind_since > run_started_at then behind_since end, run_started_at = null,
        cursor_id = '', indexing = false, `
    : '';
  await sql.query(
    `update kindred.collection_models set ${rest} leased_by = null, leased_until = '-infinity'
      where ${own} and leased_by = $4`,
    [...key(target), worker],
  );
}

/** Removes vectors of items that are gone, or that have no such input any more. */
export async function deleteOrphans(
  sql: Sql,
  collectionId: number,
  kind: InputKind,
  { table }: ModelTable,
): Promise<bigint> {
  const [counted] = await sql.query<{ gone: bigint }>(
    `with gone as (
       delete from kindred.${table} v where v.tenant_id = kindred.tenant() and v.collection_id = $1
          and not exists (select from kindred.items i where i.tenant_id = v.tenant_id and i.collection_id = v.collection_id
            and i.item_id = v.item_id and not i.deleted and ${hasInputSql[kind]})
        returning 1)
     select count(*) as gone from gone`,
    [collectionId],
  );
  return counted!.gone;
}
