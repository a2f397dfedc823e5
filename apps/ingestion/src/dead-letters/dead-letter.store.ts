import type { Sql } from '@kindred/database';
import type { DeadLetterEnvelope } from '@kindred/messaging';

export interface DeadLetterRow {
  dead_letter_id: string;
  topic: string;
  key: string;
  value: Buffer;
  headers: Record<string, string>;
  reason_code: string;
  field: string;
  reason: string;
  step: string;
  failed_at: Date;
}

/** Keeps each dead letter once; its id names the message it was. */
export async function insertDeadLetters(sql: Sql, letters: DeadLetterEnvelope[]): Promise<void> {
  await sql.query(
    `insert into kindred.dead_letters (tenant_id, dead_letter_id, topic, key, value, headers, reason_code, field, reason, step, failed_at)
     select kindred.tenant(), r.dead_letter_id, r.topic, r.key, decode(r.value_base64, 'base64'), r.headers, r.reason_code,
       r.field, r.reason, r.step, r.failed_at
     from jsonb_to_recordset($1::jsonb) as r(dead_letter_id text, topic text, key text, value_base64 text, headers jsonb,
       reason_code text, field text, reason text, step text, failed_at timestamptz)
     on conflict (tenant_id, dead_letter_id) do nothing`,
    [JSON.stringify(letters)],
  );
}

/** Unreplayed letters, oldest first, after the given one. */
export function listDeadLetters(sql: Sql, after: { failedAt: string; id: string } | undefined, limit: number) {
  return sql.query<DeadLetterRow>(
    `select dead_letter_id, topic, key, value, headers, reason_code, field, reason, step, failed_at
       from kindred.dead_letters
      where tenant_id = kindred.tenant() and replayed_at is null
        and ($1::timestamptz is null or (date_trunc('milliseconds', failed_at), dead_letter_id) > ($1::timestamptz, $2::text))
      order by date_trunc('milliseconds', failed_at), dead_letter_id limit $3`,
    [after?.failedAt ?? null, after?.id ?? null, limit],
  );
}

/** Unreplayed letters from before a time: the named ones, or all where none is named. */
export function readForReplay(sql: Sql, ids: string[], before: Date, limit: number) {
  return sql.query<DeadLetterRow>(
    `select dead_letter_id, topic, key, value, headers, reason_code, field, reason, step, failed_at
       from kindred.dead_letters
      where tenant_id = kindred.tenant() and replayed_at is null and failed_at < $2
        and (cardinality($1::text[]) = 0 or dead_letter_id = any($1::text[]))
      order by failed_at, dead_letter_id limit $3`,
    [ids, before, limit],
  );
}

export async function markReplayed(sql: Sql, ids: string[]): Promise<void> {
  await sql.query(
    `update kindred.dead_letters set replayed_at = now() where tenant_id = kindred.tenant() and dead_letter_id = any($1::text[])`,
    [ids],
  );
}
