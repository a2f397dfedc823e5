import type { Database, Sql } from '@kindred/database';
import { ownedEvents, ownerSql } from '../robots/robots-sql.ts';
import type { Signals } from '../settings.ts';
import { happenedSql, judgedSql, strengthSql } from '../signals.store.ts';

export interface Wanted {
  tenant_id: string;
  collection_id: number;
}

/** Someone's relation to an item; owners are opaque. */
export interface PairRow {
  item_id: string;
  owner: string;
  /** Above zero for the item. One event against it beats all for it. */
  strength: number;
  events: number;
  /** Of the newest event, days since 1970. */
  day: number;
}

export interface NeighborsRow {
  item_id: string;
  neighbor_ids: string[];
  scores: number[];
}

/** Says that these collections' interactions changed. Writes nothing where the next rebuild will see the change anyway. */
export async function markWanted(sql: Sql, collectionIds: readonly number[]): Promise<void> {
  if (collectionIds.length === 0) return;
  await sql.query(
    `insert into kindred.rebuilds as r (tenant_id, collection_id, wanted_at)
     select kindred.tenant(), c.collection_id, clock_timestamp() from unnest($1::int[]) as c(collection_id)
      where not exists (select from kindred.rebuilds r where r.tenant_id = kindred.tenant()
        and r.collection_id = c.collection_id and r.wanted_at > r.started_at)
      order by c.collection_id
     on conflict (tenant_id, collection_id) do update set wanted_at = clock_timestamp() where r.wanted_at <= r.started_at`,
    [collectionIds],
  );
}

/** An erased person's rows are gone: every collection may have counted them. */
export async function markAllWanted(sql: Sql): Promise<void> {
  const rows = await sql.query<{ collection_id: number }>(
    `select collection_id from kindred.rebuilds where tenant_id = kindred.tenant()`,
  );
  await markWanted(
    sql,
    rows.map((row) => row.collection_id),
  );
}

/** Raised when lists are made in another way: then all are made anew, once. */
const version = 3;

export function readWanted(database: Database): Promise<Wanted[]> {
  return database.query<Wanted>(
    { maintenance: 'list-tenants', readOnly: true },
    `select tenant_id, collection_id from kindred.rebuilds
      where (wanted_at > built_from or version < $1) and leased_until < now()`,
    [version],
  );
}

/**
 * Takes the lease: the claim to hand back to `keepClaim` and `finish`. Undefined where another process holds it, there
 * is nothing to do, or the last rebuild ended too short ago (`everySeconds`, or ten times what it took).
 */
export async function claim(
  database: Database,
  { tenant_id, collection_id }: Wanted,
  everySeconds: number,
): Promise<string | undefined> {
  const [row] = await database.query<{ claim: string }>(
    { tenant: tenant_id },
    `update kindred.rebuilds set started_at = clock_timestamp(), leased_until = clock_timestamp() + interval '1 minute'
      where tenant_id = kindred.tenant() and collection_id = $1 and (wanted_at > built_from or version < $3) and leased_until < now()
        and now() >= finished_at + greatest(make_interval(secs => $2), 10 * (finished_at - started_at))
      returning started_at::text as claim`,
    [collection_id, everySeconds, version],
  );
  return row?.claim;
}

/** Extends the lease; false when it was lost. */
export async function keepClaim(sql: Sql, collectionId: number, held: string): Promise<boolean> {
  const rows = await sql.query(
    `update kindred.rebuilds set leased_until = clock_timestamp() + interval '1 minute'
      where tenant_id = kindred.tenant() and collection_id = $1 and started_at = $2::timestamptz returning 1`,
    [collectionId, held],
  );
  return rows.length > 0;
}

/** Ends the lease. `built`: everything up to the claim is in the derived tables; else the rebuild is still wanted. */
export async function finish(database: Database, { tenant_id, collection_id }: Wanted, held: string, built: boolean) {
  await database.query(
    { tenant: tenant_id },
    `update kindred.rebuilds set leased_until = 'epoch', finished_at = clock_timestamp(),
       built_from = case when $3 then started_at else built_from end, version = case when $3 then $4 else version end
      where tenant_id = kindred.tenant() and collection_id = $1 and started_at = $2::timestamptz`,
    [collection_id, held, built, version],
  );
}

/** The item at which a page of about `events` interactions after the item `after` ends; undefined after the last one. */
export async function readPageEnd(
  database: Database,
  { tenant_id, collection_id }: Wanted,
  after: string,
  events: number,
): Promise<string | undefined> {
  const rows = `from kindred.interactions
    where tenant_id = kindred.tenant() and collection_id = $1 and item_id > $2 order by item_id`;
  const [row] = await database.query<{ end_id: string | null }>(
    { tenant: tenant_id, readOnly: true },
    `select coalesce((select item_id ${rows} offset $3 limit 1), (select item_id ${rows} desc limit 1)) as end_id`,
    [collection_id, after, events],
  );
  return row!.end_id ?? undefined;
}

/** Who did what with which item, for the items in (after, to], by item and owner; `onlyFor`: pairs alone that speak for the item. */
export function readPairs(
  database: Database,
  { tenant_id, collection_id }: Wanted,
  { after, to }: { after: string; to: string },
  { signals, onlyFor }: { signals: Signals; onlyFor: boolean },
): Promise<PairRow[]> {
  return database.query<PairRow>(
    { tenant: tenant_id, readOnly: true },
    `select item_id, owner, ${judgedSql} as strength, max(day) as day, count(*)::int as events from (
       select e.item_id, ${ownerSql} as owner, ${strengthSql(signals)} as strength,
         (extract(epoch from ${happenedSql}) / 86400)::float8 as day
       from ${ownedEvents} where e.tenant_id = kindred.tenant() and e.collection_id = $1 and e.item_id > $2 and e.item_id <= $3
         and e.type <> 'impression') found
     group by item_id, owner${onlyFor ? ` having ${judgedSql} > 0` : ''}
     order by item_id, owner`,
    [collection_id, after, to],
  );
}

/** Replaces the neighbor lists of the items in the range (after, to]; unchanged lists are not written. */
export async function replaceNeighbors(
  sql: Sql,
  collectionId: number,
  rows: readonly NeighborsRow[],
  range: { after: string; to: string | null },
): Promise<void> {
  await sql.query(
    `with fresh as (
       select * from jsonb_to_recordset($2::jsonb) as r(item_id text, neighbor_ids text[], scores real[])),
     gone as (
       delete from kindred.item_neighbors n where n.tenant_id = kindred.tenant() and n.collection_id = $1
         and n.item_id > $3 and ($4::text is null or n.item_id <= $4) and n.item_id not in (select item_id from fresh))
     insert into kindred.item_neighbors as n (tenant_id, collection_id, item_id, neighbor_ids, scores)
     select kindred.tenant(), $1, item_id, neighbor_ids, scores from fresh
     on conflict (tenant_id, collection_id, item_id) do update
       set neighbor_ids = excluded.neighbor_ids, scores = excluded.scores
      where (n.neighbor_ids, n.scores) is distinct from (excluded.neighbor_ids, excluded.scores)`,
    [collectionId, JSON.stringify(rows), range.after, range.to],
  );
}

/** The same for popularity. */
export async function replacePopularity(
  sql: Sql,
  collectionId: number,
  rows: readonly { item_id: string; score: number }[],
  range: { after: string; to: string | null },
): Promise<void> {
  await sql.query(
    `with fresh as (select * from unnest($2::text[], $3::real[]) as r(item_id, score)),
     gone as (
       delete from kindred.item_popularity p where p.tenant_id = kindred.tenant() and p.collection_id = $1
         and p.item_id > $4 and ($5::text is null or p.item_id <= $5) and p.item_id not in (select item_id from fresh))
     insert into kindred.item_popularity as p (tenant_id, collection_id, item_id, score)
     select kindred.tenant(), $1, item_id, score from fresh
     on conflict (tenant_id, collection_id, item_id) do update set score = excluded.score where p.score <> excluded.score`,
    [collectionId, rows.map((row) => row.item_id), rows.map((row) => row.score), range.after, range.to],
  );
}

/** Removes tastes of erased users, and of sessions whose events were erased: a recomputation may have crossed an erasure. */
export async function removeOrphanedTastes(database: Database, { tenant_id, collection_id }: Wanted): Promise<void> {
  // The limit keeps the lookup by index; as a join it was planned over all interactions.
  await database.query(
    { tenant: tenant_id },
    `delete from kindred.user_vectors v where v.tenant_id = kindred.tenant() and v.collection_id = $1 and (
       exists (select from kindred.users u where u.tenant_id = kindred.tenant() and u.user_id = v.user_id and u.deleted)
       or v.session_id <> '' and (select 1 from kindred.interactions e where e.tenant_id = kindred.tenant()
         and e.collection_id = $1 and e.session_id = v.session_id limit 1) is null)`,
    [collection_id],
  );
}
