import type { Sql } from '@kindred/database';

/** Texts asked lately, the latest first. */
export async function readRecentQueries(sql: Sql, collectionId: number, most: number): Promise<string[]> {
  const rows = await sql.query<{ query: string }>(
    `select query from kindred.recent_queries where tenant_id = kindred.tenant() and collection_id = $1
      order by asked_at desc, query limit $2`,
    [collectionId, most],
  );
  return rows.map((row) => row.query);
}

/** Notes texts that were asked, and forgets all but the latest `kept` of the collection. */
export async function noteQueries(
  sql: Sql,
  collectionId: number,
  queries: readonly string[],
  kept: number,
): Promise<void> {
  await sql.query(
    `insert into kindred.recent_queries as r (tenant_id, collection_id, query)
     select kindred.tenant(), $1, q.query from unnest($2::text[]) as q(query) order by q.query collate "C"
     on conflict (tenant_id, collection_id, query) do update set times = r.times + 1, asked_at = now()`,
    [collectionId, [...new Set(queries)]],
  );
  await sql.query(
    `delete from kindred.recent_queries r where r.tenant_id = kindred.tenant() and r.collection_id = $1
        and r.asked_at < (select o.asked_at from kindred.recent_queries o
          where o.tenant_id = r.tenant_id and o.collection_id = $1 order by o.asked_at desc offset $2 limit 1)`,
    [collectionId, kept],
  );
}

/** Notes which text each request asked for, and forgets all but the latest `kept` of the collection. An empty text is left out. */
export async function noteRequests(
  sql: Sql,
  collectionId: number,
  textById: ReadonlyMap<string, string>,
  kept: number,
): Promise<void> {
  const told = [...textById].filter(([, text]) => text !== '').sort(([one], [other]) => (one < other ? -1 : 1));
  if (told.length === 0) return;
  await sql.query(
    `insert into kindred.asked_requests (tenant_id, collection_id, request_id, query)
     select kindred.tenant(), $1, r.id, r.query from unnest($2::text[], $3::text[]) as r(id, query)
     on conflict (tenant_id, request_id) do nothing`,
    [collectionId, told.map(([id]) => id), told.map(([, text]) => text)],
  );
  await sql.query(
    `delete from kindred.asked_requests r where r.tenant_id = kindred.tenant() and r.collection_id = $1
        and r.asked_at < (select o.asked_at from kindred.asked_requests o
          where o.tenant_id = r.tenant_id and o.collection_id = $1 order by o.asked_at desc offset $2 limit 1)`,
    [collectionId, kept],
  );
}
