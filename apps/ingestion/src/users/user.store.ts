import type { Sql } from '@kindred/database';

export interface UserRow {
  user_id: string;
  revision: string;
  arrival: string;
  deleted: boolean;
  attributes: Record<string, unknown>;
}

/** Writes the rows that are newer than what is stored; returns the ids of those. One row per user_id. */
export async function upsertUsers(sql: Sql, rows: UserRow[]): Promise<Set<string>> {
  const written = await sql.query<{ user_id: string }>(
    `insert into kindred.users as u (tenant_id, user_id, revision, arrival, deleted, attributes)
     select kindred.tenant(), r.user_id, r.revision, r.arrival, r.deleted, r.attributes
     from jsonb_to_recordset($1::jsonb) as r(user_id text, revision bigint, arrival bigint, deleted boolean, attributes jsonb)
     order by r.user_id
     on conflict (tenant_id, user_id) do update set revision = excluded.revision, arrival = excluded.arrival,
       deleted = excluded.deleted, attributes = excluded.attributes, updated_at = now()
     where (u.revision, u.arrival) < (excluded.revision, excluded.arrival)
     returning u.user_id`,
    [JSON.stringify(rows)],
  );
  return new Set(written.map((row) => row.user_id));
}

/** Erasure: interactions (sessions' and datasets' too), sessions, taste vectors, answers and what was noted of robots. The tombstone row stays. */
export async function eraseUsers(sql: Sql, userIds: string[]): Promise<void> {
  // A dataset that is about to be complete is waited for, and then seen: the other side is holdSources of embedding.
  await sql.query(`select pg_advisory_xact_lock_shared(hashtext('kindred.datasets'), hashtext(kindred.tenant()))`);
  const sessions = `select session_id from kindred.sessions where tenant_id = kindred.tenant() and user_id = any($1::text[])`;
  const theirs = `tenant_id = kindred.tenant() and (user_id = any($1::text[]) or session_id in (${sessions}))`;
  await sql.query(
    `with gone as (delete from kindred.interactions where ${theirs} returning collection_id, event_id)
     delete from kindred.dataset_interactions m using kindred.datasets d, gone
      where d.tenant_id = kindred.tenant() and d.collection_id = gone.collection_id
        and m.tenant_id = kindred.tenant() and m.dataset_id = d.dataset_id and m.event_id = gone.event_id`,
    [userIds],
  );
  await sql.query(`delete from kindred.user_vectors where ${theirs}`, [userIds]);
  const units = `(select 'u' || id from unnest($1::text[]) as u(id) union select 's' || session_id from (${sessions}) s)`;
  await sql.query(`delete from kindred.robots where tenant_id = kindred.tenant() and owner in ${units}`, [userIds]);
  await sql.query(
    `delete from kindred.recommended where tenant_id = kindred.tenant() and unit <> '' and unit in ${units}`,
    [userIds],
  );
  await sql.query(
    `delete from kindred.recommended where tenant_id = kindred.tenant() and members is not null and members && $1::text[]`,
    [userIds],
  );
  await sql.query(`delete from kindred.sessions where tenant_id = kindred.tenant() and user_id = any($1::text[])`, [
    userIds,
  ]);
}

/** The last identification of a session wins; an erased user gets no sessions. Resolves to the number of those left out. */
export async function identifySessions(sql: Sql, rows: { session_id: string; user_id: string }[]): Promise<number> {
  const [counted] = await sql.query<{ erased: number }>(
    `with given as materialized (
       select r.*, u.user_id is not null as erased
       from jsonb_to_recordset($1::jsonb) as r(session_id text, user_id text)
       left join kindred.users u on u.tenant_id = kindred.tenant() and u.user_id = r.user_id and u.deleted
     ), stored as (
       insert into kindred.sessions as s (tenant_id, session_id, user_id)
       select kindred.tenant(), session_id, user_id from given where not erased order by session_id
       on conflict (tenant_id, session_id) do update set user_id = excluded.user_id, identified_at = now()
       where s.user_id <> excluded.user_id
     )
     select count(*)::int as erased from given where erased`,
    [JSON.stringify(rows)],
  );
  return counted!.erased;
}

export function readUserRevisions(sql: Sql, userIds: string[]): Promise<{ user_id: string; revision: bigint }[]> {
  return sql.query(
    `select user_id, revision from kindred.users where tenant_id = kindred.tenant() and user_id = any($1::text[])`,
    [userIds],
  );
}

export async function readErased(sql: Sql, userIds: string[]): Promise<Set<string>> {
  const rows = await sql.query<{ user_id: string }>(
    `select user_id from kindred.users where tenant_id = kindred.tenant() and user_id = any($1::text[]) and deleted`,
    [userIds],
  );
  return new Set(rows.map((row) => row.user_id));
}

export async function sessionBelongsTo(sql: Sql, sessionId: string, userId: string): Promise<boolean> {
  const rows = await sql.query(
    `select from kindred.sessions where tenant_id = kindred.tenant() and session_id = $1 and user_id = $2`,
    [sessionId, userId],
  );
  return rows.length > 0;
}
