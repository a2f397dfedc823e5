-- The event log of the embedded mode. An append locks its head row until commit, so offsets
-- become visible in order and a reader can never skip a slow writer's lower offset.
create table if not exists kindred.event_log_heads (
  tenant_id text collate "C" not null,
  topic text collate "C" not null,
  partition int not null,
  next_offset bigint not null default 0,
  primary key (tenant_id, topic, partition)
);
select kindred.protect('kindred.event_log_heads');

create table if not exists kindred.event_log (
  tenant_id text collate "C" not null,
  topic text collate "C" not null,
  partition int not null,
  log_offset bigint not null,
  key text not null,
  value bytea not null,
  headers jsonb not null default '{}',
  appended_at timestamptz not null default clock_timestamp(),
  primary key (tenant_id, topic, partition, log_offset)
);
select kindred.protect('kindred.event_log');

-- Committed position of a consumer group, and which member may work on the partition until when.
create table if not exists kindred.consumer_offsets (
  tenant_id text collate "C" not null,
  group_id text collate "C" not null,
  topic text collate "C" not null,
  partition int not null,
  next_offset bigint not null default 0,
  member_id text collate "C",
  lease_until timestamptz not null default '-infinity',
  primary key (tenant_id, group_id, topic, partition)
);
select kindred.protect('kindred.consumer_offsets');

-- Live members of a consumer group. Groups span tenants; their rows belong to the tenant "system".
create table if not exists kindred.consumer_members (
  tenant_id text collate "C" not null,
  group_id text collate "C" not null,
  member_id text collate "C" not null,
  alive_until timestamptz not null,
  primary key (tenant_id, group_id, member_id)
);
select kindred.protect('kindred.consumer_members');

-- Messages that can never succeed, with their original bytes. Filled from the dead-letter topic.
create table if not exists kindred.dead_letters (
  tenant_id text collate "C" not null,
  dead_letter_id text collate "C" not null,
  topic text collate "C" not null,
  key text not null default '',
  value bytea not null,
  headers jsonb not null default '{}',
  reason_code text not null,
  field text not null default '',
  reason text not null,
  step text not null,
  failed_at timestamptz not null,
  replayed_at timestamptz,
  primary key (tenant_id, dead_letter_id)
);
select kindred.protect('kindred.dead_letters');
