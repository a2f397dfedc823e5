import type { Sql } from '@kindred/database';

export interface InteractionRow {
  event_id: string;
  occurred_at: string;
  type: string;
  user_id: string | null;
  session_id: string | null;
  collection_id: number;
  item_id: string;
  value: number | null;
  request_id: string | null;
  position: number | null;
}

/** Each event_id once, however often it arrives. Events of erased users are not stored; resolves to their number. */
export async function insertInteractions(sql: Sql, rows: InteractionRow[]): Promise<number> {
  const [counted] = await sql.query<{ erased: number }>(
    `with given as materialized (
       select r.*, u.user_id is not null as erased
       from jsonb_to_recordset($1::jsonb) as r(event_id text, occurred_at timestamptz, type text, user_id text, session_id text,
         collection_id int, item_id text, value double precision, request_id text, position int)
       left join kindred.users u on u.tenant_id = kindred.tenant() and u.user_id = r.user_id and u.deleted
     ), stored as (
       insert into kindred.interactions (tenant_id, event_id, occurred_at, type, user_id, session_id, collection_id, item_id,
         value, request_id, position)
       select kindred.tenant(), event_id, occurred_at, type, user_id, session_id, collection_id, item_id,
         value, request_id, position
       from given where not erased order by event_id
       on conflict (tenant_id, event_id) do nothing
     )
     select count(*)::int as erased from given where erased`,
    [JSON.stringify(rows)],
  );
  return counted!.erased;
}

export async function readStored(sql: Sql, eventIds: string[]): Promise<Set<string>> {
  const rows = await sql.query<{ event_id: string }>(
    `select event_id from kindred.interactions where tenant_id = kindred.tenant() and event_id = any($1::text[])`,
    [eventIds],
  );
  return new Set(rows.map((row) => row.event_id));
}
