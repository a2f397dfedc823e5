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

/** Each event_id once, however often it arrives. Events of erased users are not stored. */
export async function insertInteractions(sql: Sql, rows: InteractionRow[]): Promise<void> {
  await sql.query(
    `insert into kindred.interactions (tenant_id, event_id, occurred_at, type, user_id, session_id, collection_id, item_id,
       value, request_id, position)
     select kindred.tenant(), r.event_id, r.occurred_at, r.type, r.user_id, r.session_id, r.collection_id, r.item_id,
       r.value, r.request_id, r.position
     from jsonb_to_recordset($1::jsonb) as r(event_id text, occurred_at timestamptz, type text, user_id text, session_id text,
       collection_id int, item_id text, value double precision, request_id text, position int)
     where r.user_id is null or not exists (select from kindred.users u
       where u.tenant_id = kindred.tenant() and u.user_id = r.user_id and u.deleted)
     order by r.event_id
     on conflict (tenant_id, event_id) do nothing`,
    [JSON.stringify(rows)],
  );
}

export async function readStored(sql: Sql, eventIds: string[]): Promise<Set<string>> {
  const rows = await sql.query<{ event_id: string }>(
    `select event_id from kindred.interactions where tenant_id = kindred.tenant() and event_id = any($1::text[])`,
    [eventIds],
  );
  return new Set(rows.map((row) => row.event_id));
}
