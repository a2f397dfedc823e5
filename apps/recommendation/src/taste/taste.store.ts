import type { Database, Sql } from '@kindred/database';
import type { ModelTable } from '@kindred/vector-index';
import type { Signals } from '../settings.ts';
import { happenedSql, judgedSql, strengthSql } from '../signals.store.ts';

/** Whose taste: a user, or a session that belongs to no user yet. The other id is empty. */
export interface Owner {
  user_id: string;
  session_id: string;
}

export interface OwnJudgments extends Owner {
  collection_id: number;
  /** [item id, strength], newest first. */
  judgments: [string, number][];
}

export interface TasteRow extends Owner {
  collection_id: number;
  events: number;
  awaited: string[];
  vector: Float32Array | undefined;
}

/** How many of a person's items a taste is folded from. */
export const mostJudgments = 300;

/**
 * Whose tastes the named users and sessions stand for: an identified session is its user. Their locks are held until
 * the transaction ends, so that of two recomputations the later one has read the later rows.
 */
export function lockOwners(sql: Sql, userIds: readonly string[], sessionIds: readonly string[]): Promise<Owner[]> {
  return sql.query<Owner>(
    `select o.user_id, o.session_id from (
       select *, pg_advisory_xact_lock(l.key) from (
         select r.user_id, r.session_id, hashtextextended(concat_ws(E'\\n', 'taste', kindred.tenant(), r.user_id, r.session_id), 0) as key
           from (select u.user_id, '' as session_id from unnest($1::text[]) as u(user_id)
                 union
                 select coalesce(s.user_id, ''), case when s.user_id is null then g.session_id else '' end
                   from unnest($2::text[]) as g(session_id)
                   left join kindred.sessions s on s.tenant_id = kindred.tenant() and s.session_id = g.session_id) r
          order by key) l) o`,
    [userIds, sessionIds],
  );
}

/** The newest judgments of each owner in each collection. An owner without rows is absent. */
export function readJudgments(sql: Sql, owners: readonly Owner[], signals: Signals): Promise<OwnJudgments[]> {
  const rows = (key: string) => `
    select k.user_id, k.session_id, c.collection_id, e.item_id, ${happenedSql} as happened_at, ${strengthSql(signals)} as strength
      from ${key === 'user_id' ? 'owners' : 'visits'} k cross join kindred.collections c cross join lateral (
        select e.item_id, e.type, e.value, e.occurred_at, e.received_at from kindred.interactions e
         where e.tenant_id = kindred.tenant() and e.collection_id = c.collection_id and e.type <> 'impression'
           and ${key === 'user_id' ? `e.user_id = k.user_id` : 'e.session_id = k.visit and e.user_id is null'}
         order by e.occurred_at desc, e.event_id limit ${mostJudgments}) e
     where c.tenant_id = kindred.tenant()`;
  return sql.query<OwnJudgments>(
    `with owners as (select * from unnest($1::text[], $2::text[]) as o(user_id, session_id)),
     visits as (
       select o.user_id, o.session_id, s.session_id as visit from owners o
         join kindred.sessions s on s.tenant_id = kindred.tenant() and s.user_id = o.user_id
       union all select user_id, session_id, session_id from owners where session_id <> ''),
     judged as (
       select user_id, session_id, collection_id, item_id, max(happened_at) as met_at,
         ${judgedSql} as strength
       from (${rows('user_id')} union all ${rows('visit')}) found group by 1, 2, 3, 4),
     ranked as (
       select *, row_number() over (partition by user_id, session_id, collection_id order by met_at desc, item_id) as rank
       from judged where strength <> 0)
     select r.user_id, r.session_id, r.collection_id,
       json_agg(json_build_array(r.item_id, r.strength) order by r.rank) as judgments
     from ranked r where r.rank <= ${mostJudgments} group by 1, 2, 3`,
    [owners.map((owner) => owner.user_id), owners.map((owner) => owner.session_id)],
  );
}

/** Version and, where it differs from the known one, the embedding in pgvector's binary form. */
export function readItemVectors(
  sql: Sql,
  model: ModelTable,
  wanted: { collectionId: number; itemIds: readonly string[]; known: readonly bigint[] },
): Promise<{ item_id: string; version: bigint; embedding: Buffer | null }[]> {
  const version = `(extract(epoch from v.embedded_at) * 1000000)::bigint`;
  return sql.query(
    `select v.item_id, ${version} as version,
       case when ${version} = k.version then null else vector_send(v.embedding::vector) end as embedding
     from unnest($2::text[], $3::bigint[]) as k(item_id, version)
     cross join lateral (select * from kindred.${model.table} v
       where v.tenant_id = kindred.tenant() and v.collection_id = $1 and v.item_id = k.item_id offset 0) v`,
    [wanted.collectionId, wanted.itemIds, wanted.known],
  );
}

/** Removes the tastes of these owners that are not among `kept` any more, and those of sessions that became users. */
export async function removeTastes(sql: Sql, owners: readonly Owner[], kept: readonly TasteRow[]): Promise<void> {
  await sql.query(
    `delete from kindred.user_vectors v using kindred.collections c, (
         select user_id, session_id from unnest($1::text[], $2::text[]) as o(user_id, session_id)
         union all select '', s.session_id from kindred.sessions s
          where s.tenant_id = kindred.tenant() and s.user_id = any($1::text[])) o
      where c.tenant_id = kindred.tenant() and v.tenant_id = kindred.tenant() and v.collection_id = c.collection_id
        and v.user_id = o.user_id and v.session_id = o.session_id
        and not exists (select from unnest($3::int[], $4::text[], $5::text[]) as k(collection_id, user_id, session_id)
          where (k.collection_id, k.user_id, k.session_id) = (v.collection_id, v.user_id, v.session_id))`,
    [
      owners.map((owner) => owner.user_id),
      owners.map((owner) => owner.session_id),
      kept.map((row) => row.collection_id),
      kept.map((row) => row.user_id),
      kept.map((row) => row.session_id),
    ],
  );
}

/** Writes tastes of one model in one statement. */
export async function upsertTastes(
  database: Database,
  sql: Sql,
  model: ModelTable,
  tastes: readonly TasteRow[],
): Promise<void> {
  const folded = tastes.flatMap((taste) => taste.vector ?? []);
  let position = 0;
  const rows = tastes.map(({ vector, ...row }) => ({ ...row, position: vector ? ++position : null }));
  await sql.query(
    `insert into kindred.user_vectors (tenant_id, collection_id, user_id, session_id, model, embedding, events, awaited)
     select kindred.tenant(), r.collection_id, r.user_id, r.session_id, $3, v.embedding, r.events, r.awaited
     from jsonb_to_recordset($1::jsonb)
       as r(collection_id int, user_id text, session_id text, events int, awaited text[], position int)
     left join unnest($2::vector[]) with ordinality as v(embedding, position) on v.position = r.position
     order by r.collection_id, r.user_id, r.session_id
     on conflict (tenant_id, collection_id, user_id, session_id) do update set model = excluded.model,
       embedding = excluded.embedding, events = excluded.events, awaited = excluded.awaited, updated_at = now()`,
    [JSON.stringify(rows), database.vectors(folded), model.table],
  );
}

const ofCollection =
  'from kindred.user_vectors u where u.tenant_id = c.tenant_id and u.collection_id = c.collection_id';

/** Collections in which some taste waits for vectors of items, or is of another model than they are searched by. */
export function readWaiting(database: Database): Promise<{ tenant_id: string; collection_id: number }[]> {
  return database.query(
    { maintenance: 'list-tenants', readOnly: true },
    `select c.tenant_id, c.collection_id from kindred.collections c
       left join kindred.collection_models a on a.tenant_id = c.tenant_id and a.collection_id = c.collection_id
         and a.kind = 'text' and a.role = 'active'
       left join kindred.models m on m.tenant_id = a.tenant_id and m.name = a.name and m.version = a.version
      where exists (select ${ofCollection} and u.awaited <> '{}')
         or exists (select ${ofCollection} and u.model < m.vector_table)
         or exists (select ${ofCollection} and u.model > m.vector_table)`,
  );
}

/** Owners of tastes that waited for vectors which are there by now, or that are of another model. */
export function readOverdue(
  database: Database,
  tenant: string,
  model: ModelTable,
  collectionId: number,
  most: number,
): Promise<Owner[]> {
  return database.query<Owner>(
    { tenant, readOnly: true },
    `with own as not materialized (select * from kindred.user_vectors u
       where u.tenant_id = kindred.tenant() and u.collection_id = $1)
     (select user_id, session_id from own where model < $3 limit $2) union all
     (select user_id, session_id from own where model > $3 limit $2) union all
     (select user_id, session_id from own where model = $3 and awaited <> '{}' and exists (
        select from kindred.${model.table} v
         where v.tenant_id = kindred.tenant() and v.collection_id = $1 and v.item_id = any(own.awaited)) limit $2)
     limit $2`,
    [collectionId, most, model.table],
  );
}
