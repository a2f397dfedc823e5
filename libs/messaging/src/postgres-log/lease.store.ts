import type { TopicName } from '@kindred/contracts';
import type { LogDatabase } from '../log-database.ts';
import { channel } from './event-log.store.ts';

const log = { maintenance: 'event-log' } as const;

/** One member of a group that consumes one topic. */
export interface Member {
  group: string;
  topic: TopicName;
  id: string;
}

export interface PartitionKey {
  tenant_id: string;
  partition: number;
}

export interface Position extends PartitionKey {
  next_offset: bigint;
}

/** Members of one group differ by topic, and the table of members has no topic. */
const memberGroup = ({ group, topic }: Member) => `${group}/${topic}`;

const json = (keys: PartitionKey[]) =>
  JSON.stringify(keys.map(({ tenant_id, partition }) => ({ tenant_id, partition })));

export interface Group {
  /** Live members, sorted; ourselves among them. */
  members: string[];
  /** All partitions of the topic, in one order for all members. */
  partitions: PartitionKey[];
  /** Those whose lease is ours, now renewed. */
  ours: PartitionKey[];
}

/** Says that a member lives for another `session` ms, renews its leases, and tells how its group stands. */
export async function beat(database: LogDatabase, member: Member, session: number): Promise<Group> {
  const [row] = await database.query<Group>(
    log,
    `with me as (
       insert into kindred.consumer_members (tenant_id, group_id, member_id, alive_until)
       values ('system', $4, $3, now() + $5 * interval '1 ms')
       on conflict (tenant_id, group_id, member_id) do update set alive_until = excluded.alive_until
       returning member_id
     ), silent as (
       delete from kindred.consumer_members where tenant_id = 'system' and group_id = $4 and member_id in (
         select member_id from kindred.consumer_members
         where tenant_id = 'system' and group_id = $4 and member_id <> $3 and alive_until < now() for update skip locked)
     ), ours as (
       update kindred.consumer_offsets set lease_until = now() + $5 * interval '1 ms'
       where group_id = $1 and topic = $2 and member_id = $3
       returning tenant_id, partition
     ), alive as (
       select member_id from kindred.consumer_members
       where tenant_id = 'system' and group_id = $4 and alive_until >= now() and member_id <> $3
       union all select member_id from me
     )
     select
       (select json_agg(member_id order by member_id) from alive) as members,
       (select coalesce(json_agg(json_build_object('tenant_id', tenant_id, 'partition', partition) order by tenant_id, partition), '[]')
        from kindred.event_log_heads where topic = $2) as partitions,
       (select coalesce(json_agg(ours), '[]') from ours) as ours`,
    [member.group, member.topic, member.id, memberGroup(member), session],
  );
  return row!;
}

/** Tells the other members of a topic's groups to look at their shares. */
export async function tell(database: LogDatabase, topic: TopicName): Promise<void> {
  await database.query(log, `select pg_notify('${channel}', 'group:' || $1)`, [topic]);
}

/** Makes the rows of offsets that these partitions lack: a new group, a new tenant. */
export async function createOffsets(
  database: LogDatabase,
  { group, topic }: Member,
  keys: PartitionKey[],
): Promise<void> {
  await database.query(
    log,
    `insert into kindred.consumer_offsets (tenant_id, group_id, topic, partition)
     select tenant_id, $1, $2, partition from jsonb_to_recordset($3::jsonb) as k(tenant_id text, partition int)
     order by 1, 4 on conflict do nothing`,
    [group, topic, json(keys)],
  );
}

/** Takes the leases of these partitions where they are free; returns those that are ours now. */
export function claim(
  database: LogDatabase,
  member: Member,
  keys: PartitionKey[],
  session: number,
): Promise<Position[]> {
  return database.query<Position>(
    log,
    `with free as (
       select o.tenant_id, o.partition
       from jsonb_to_recordset($4::jsonb) as k(tenant_id text, partition int)
       join kindred.consumer_offsets o
         on o.tenant_id = k.tenant_id and o.group_id = $1 and o.topic = $2 and o.partition = k.partition
       where o.member_id = $3 or o.lease_until < now()
       order by o.tenant_id, o.partition for update of o
     )
     update kindred.consumer_offsets o set member_id = $3, lease_until = now() + $5 * interval '1 ms'
     from free
     where o.tenant_id = free.tenant_id and o.group_id = $1 and o.topic = $2 and o.partition = free.partition
     returning o.tenant_id, o.partition, o.next_offset`,
    [member.group, member.topic, member.id, json(keys), session],
  );
}

/** Gives partitions back and tells the others. */
export async function release(database: LogDatabase, member: Member, keys: PartitionKey[]): Promise<void> {
  await database.query(
    log,
    `with given as (
       update kindred.consumer_offsets o set member_id = null, lease_until = '-infinity'
       from jsonb_to_recordset($4::jsonb) as k(tenant_id text, partition int)
       where o.tenant_id = k.tenant_id and o.group_id = $1 and o.topic = $2 and o.partition = k.partition and o.member_id = $3
     )
     select pg_notify('${channel}', 'group:' || $2)`,
    [member.group, member.topic, member.id, json(keys)],
  );
}

/** Gives everything back and leaves the group. */
export async function leave(database: LogDatabase, member: Member): Promise<void> {
  await database.query(
    log,
    `with given as (
       update kindred.consumer_offsets set member_id = null, lease_until = '-infinity'
       where group_id = $1 and topic = $2 and member_id = $3
     ), gone as (
       delete from kindred.consumer_members where tenant_id = 'system' and group_id = $4 and member_id = $3
     )
     select pg_notify('${channel}', 'group:' || $2)`,
    [member.group, member.topic, member.id, memberGroup(member)],
  );
}

/** Positions of our partitions that have messages to read. */
export function pending(database: LogDatabase, member: Member): Promise<Position[]> {
  return database.query<Position>(
    log,
    `select o.tenant_id, o.partition, o.next_offset
     from kindred.consumer_offsets o
     join kindred.event_log_heads h on h.tenant_id = o.tenant_id and h.topic = o.topic and h.partition = o.partition
     where o.group_id = $1 and o.topic = $2 and o.member_id = $3 and h.next_offset > o.next_offset`,
    [member.group, member.topic, member.id],
  );
}

/** Moves the offset if the partition is still ours and still stands where we read; false: somebody else has it. */
export async function commit(
  database: LogDatabase,
  member: Member,
  at: Position,
  nextOffset: bigint,
): Promise<boolean> {
  const rows = await database.query(
    log,
    `update kindred.consumer_offsets set next_offset = $6
     where tenant_id = $4 and group_id = $1 and topic = $2 and partition = $5 and member_id = $3 and next_offset = $7
     returning 1`,
    [member.group, member.topic, member.id, at.tenant_id, at.partition, nextOffset, at.next_offset],
  );
  return rows.length === 1;
}

/** Moves the offset over messages that were pruned before this group came: past them, up to the first one left or the head. */
export async function skipPruned(database: LogDatabase, member: Member, at: Position): Promise<void> {
  await database.query(
    log,
    `update kindred.consumer_offsets o set next_offset = h.next_offset
     from kindred.event_log_heads h
     where o.tenant_id = $4 and o.group_id = $1 and o.topic = $2 and o.partition = $5 and o.member_id = $3 and o.next_offset = $6
       and h.tenant_id = o.tenant_id and h.topic = o.topic and h.partition = o.partition
       and not exists (
         select from kindred.event_log e
         where e.tenant_id = o.tenant_id and e.topic = o.topic and e.partition = o.partition and e.log_offset >= o.next_offset)`,
    [member.group, member.topic, member.id, at.tenant_id, at.partition, at.next_offset],
  );
}

/** Forgets all members and leases: for a database of one process, where they can only be those of an earlier run. */
export async function forgetMembers(database: LogDatabase): Promise<void> {
  await database.query(
    log,
    `with gone as (delete from kindred.consumer_members where tenant_id = 'system')
     update kindred.consumer_offsets set member_id = null, lease_until = '-infinity' where member_id is not null`,
  );
}
