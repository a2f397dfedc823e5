import type { Sql } from '@kindred/database';
import type { InputKind, ModelRole, ModelTable } from '@kindred/vector-index';
import type { Target } from './target.ts';

/**
 * Writers of vectors share the lock, whoever changes roles holds it alone: no vector is written by roles that changed.
 * False where the collection is gone.
 */
export async function lockRoles(sql: Sql, collectionId: number, how: 'share' | 'update'): Promise<boolean> {
  const rows = await sql.query(
    `select from kindred.collections where tenant_id = kindred.tenant() and collection_id = $1 for ${how}`,
    [collectionId],
  );
  return rows.length > 0;
}

/** Gives the collection a model in a role it has none in. False where it had. */
export async function addModel(
  sql: Sql,
  collectionId: number,
  { kind, role, model }: { kind: InputKind; role: ModelRole; model: ModelTable },
  { rate, automatic = false }: { rate?: number; automatic?: boolean } = {},
): Promise<boolean> {
  const rows = await sql.query(
    `insert into kindred.collection_models (tenant_id, collection_id, kind, role, name, version, items_per_second, automatic)
     values (kindred.tenant(), $1, $2, $3, $4, $5, $6, $7) on conflict do nothing returning role`,
    [collectionId, kind, role, model.name, model.version, rate ?? null, automatic],
  );
  if (rows.length > 0) await setState(sql, model, role === 'next' ? 'candidate' : 'active');
  return rows.length > 0;
}

/** What a model is to the tenant: retired once no collection has vectors of it. */
export async function setState(sql: Sql, { name, version }: { name: string; version: string }, state: string) {
  await sql.query(
    `update kindred.models m set state = case when $3 = 'retired' and exists (
         select from kindred.collection_models c where c.tenant_id = m.tenant_id and c.name = m.name and c.version = m.version)
         then m.state else $3 end
      where m.tenant_id = kindred.tenant() and m.name = $1 and m.version = $2
        and not ($3 = 'candidate' and m.state = 'active')`,
    [name, version, state],
  );
}

const longestPause = '5 minutes';

/** Something of these vectors may be missing: the reconciler will look. With a reason: the model fails, try later. */
export async function markBehind(sql: Sql, { collection, kind, role }: Target, reason?: string): Promise<void> {
  const failing = `failures = failures + 1, reason = $4,
    retry_at = now() + least(interval '${longestPause}', interval '1 second' * power(2, least(failures, 9)))`;
  await sql.query(
    `update kindred.collection_models set behind_since = now()${reason === undefined ? '' : `, ${failing}`}
      where tenant_id = kindred.tenant() and collection_id = $1 and kind = $2 and role = $3`,
    reason === undefined ? [collection.collectionId, kind, role] : [collection.collectionId, kind, role, reason],
  );
}
