import type { TopicName } from '@kindred/contracts';
import type { LogDatabase } from '../log-database.ts';
import type { Lag } from '../messaging.ts';

const log = { maintenance: 'event-log' } as const;
/** Its payloads: "topic:items.v1" after an append, "group:items.v1" when members or partitions came or went. */
export const channel = 'kindred_events';

/** One message of an append; its value stands in the block of values at `start` (from 1). */
export interface AppendRow {
  tenant_id: string;
  partition: number;
  key: string;
  headers: Record<string, string>;
  start: number;
  length: number;
}

export interface LogRow {
  log_offset: bigint;
  key: string;
  value: Buffer;
  headers: Record<string, string>;
  received_at: bigint;
}

/**
 * Appends in one transaction. The head rows are locked in key order until commit: offsets of a partition become visible in
 * order, and two appends cannot deadlock. The values travel as one block, which spares both sides an array of bytea.
 */
export async function append(
  database: LogDatabase,
  topic: TopicName,
  rows: AppendRow[],
  values: Buffer,
): Promise<void> {
  await database.query(
    log,
    `with incoming as materialized (
       select r.*, row_number() over (partition by r.tenant_id, r.partition order by r.n) as place
       from rows from (jsonb_to_recordset($2::jsonb) as (tenant_id text, partition int, key text, headers jsonb, start int, length int))
         with ordinality as r (tenant_id, partition, key, headers, start, length, n)
     ), counts as (
       select tenant_id collate "C" as tenant_id, partition, count(*) as messages from incoming group by 1, 2
     ), heads as (
       insert into kindred.event_log_heads as h (tenant_id, topic, partition, next_offset)
       select tenant_id, $1, partition, messages from counts order by tenant_id, partition
       on conflict (tenant_id, topic, partition) do update set next_offset = h.next_offset + excluded.next_offset
       returning h.tenant_id, h.partition, h.next_offset
     ), bases as (
       select tenant_id, partition, h.next_offset - c.messages as base from heads h join counts c using (tenant_id, partition)
     ), stored as (
       insert into kindred.event_log (tenant_id, topic, partition, log_offset, key, value, headers)
       select i.tenant_id, $1, i.partition, b.base + i.place - 1, i.key, substring($3::bytea from i.start for i.length), i.headers
       from incoming i join bases b using (tenant_id, partition)
     )
     select pg_notify('${channel}', case when exists (select from bases where base = 0) then 'group:' else 'topic:' end || $1)`,
    [topic, JSON.stringify(rows), values],
  );
}

/** Makes the head rows of tenants that are known beforehand, so that groups can share their partitions out early. */
export async function createHeads(
  database: LogDatabase,
  heads: { tenant_id: string; topic: string; partition: number }[],
): Promise<void> {
  await database.query(
    log,
    `insert into kindred.event_log_heads (tenant_id, topic, partition)
     select tenant_id, topic, partition from jsonb_to_recordset($1::jsonb) as r(tenant_id text, topic text, partition int)
     on conflict do nothing`,
    [JSON.stringify(heads)],
  );
}

/** How many messages each topic has had so far: what changed since the last call has news. */
export async function heights(database: LogDatabase): Promise<Map<string, bigint>> {
  const rows = await database.query<{ topic: string; height: bigint }>(
    log,
    'select topic, sum(next_offset)::bigint as height from kindred.event_log_heads group by topic',
  );
  return new Map(rows.map(({ topic, height }) => [topic, height]));
}

/** The next messages from an offset on: at most `limit`, and no further once they hold `bytes`. */
export function read(
  database: LogDatabase,
  from: { tenant: string; topic: TopicName; partition: number; offset: bigint },
  limit: number,
  bytes: number,
): Promise<LogRow[]> {
  return database.query<LogRow>(
    log,
    `select log_offset, key, value, headers, (extract(epoch from appended_at) * 1000000)::bigint as received_at
     from (
       select *, sum(octet_length(value)) over (order by log_offset) - octet_length(value) as bytes_before
       from (
         select * from kindred.event_log
         where tenant_id = $1 and topic = $2 and partition = $3 and log_offset >= $4
         order by log_offset limit $5
       ) next
     ) sized
     where bytes_before < $6 order by log_offset`,
    [from.tenant, from.topic, from.partition, from.offset, limit, bytes],
  );
}

export async function lag(database: LogDatabase, subscriptions: { group: string; topic: TopicName }[]): Promise<Lag[]> {
  const rows = await database.query<{ behind: bigint }>(
    { maintenance: 'status-of-log' },
    `select coalesce(sum(h.next_offset - coalesce(o.next_offset, 0)), 0)::bigint as behind
     from rows from (jsonb_to_recordset($1::jsonb) as ("group" text, topic text)) with ordinality as s (group_id, topic, n)
     left join kindred.event_log_heads h on h.topic = s.topic
     left join kindred.consumer_offsets o
       on o.tenant_id = h.tenant_id and o.group_id = s.group_id and o.topic = h.topic and o.partition = h.partition
     group by s.n order by s.n`,
    [JSON.stringify(subscriptions)],
  );
  return subscriptions.map(({ group, topic }, index) => ({ group, topic, lag: Number(rows[index]!.behind) }));
}

export async function ping(database: LogDatabase): Promise<void> {
  await database.query(log, 'select 1');
}

/** Deletes up to `limit` messages that are older than `days` and that every group of their partition has passed. */
export async function prune(database: LogDatabase, days: number, limit: number): Promise<number> {
  const [row] = await database.query<{ deleted: number }>(
    log,
    `with passed as (
       select tenant_id, topic, partition, min(next_offset) as until from kindred.consumer_offsets group by 1, 2, 3
     ), old as (
       select e.tenant_id, e.topic, e.partition, e.log_offset
       from passed p join kindred.event_log e
         on e.tenant_id = p.tenant_id and e.topic = p.topic and e.partition = p.partition and e.log_offset < p.until
       where e.appended_at < now() - $1 * interval '1 day' limit $2
     ), gone as (
       delete from kindred.event_log e using old o
       where e.tenant_id = o.tenant_id and e.topic = o.topic and e.partition = o.partition and e.log_offset = o.log_offset
       returning 1
     )
     select count(*)::int as deleted from gone`,
    [days, limit],
  );
  return row!.deleted;
}
