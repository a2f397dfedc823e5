create table if not exists kindred.users (
  tenant_id text collate "C" not null,
  user_id text collate "C" not null,
  revision bigint not null,
  arrival bigint not null default 0,
  deleted boolean not null default false,
  attributes jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, user_id)
);
select kindred.protect('kindred.users');

-- Which user a session turned out to be. Resolved when read, so events may come in any order.
create table if not exists kindred.sessions (
  tenant_id text collate "C" not null,
  session_id text collate "C" not null,
  user_id text collate "C" not null,
  identified_at timestamptz not null default now(),
  primary key (tenant_id, session_id)
);
create index if not exists sessions_user on kindred.sessions (tenant_id, user_id);
select kindred.protect('kindred.sessions');

create table if not exists kindred.interactions (
  tenant_id text collate "C" not null,
  event_id text collate "C" not null,
  occurred_at timestamptz not null,
  type text collate "C" not null,
  user_id text collate "C",
  session_id text collate "C",
  collection_id int not null,
  item_id text collate "C" not null,
  value double precision,
  request_id text,
  position int,
  received_at timestamptz not null default now(),
  primary key (tenant_id, event_id),
  check (user_id is not null or session_id is not null)
);
create index if not exists interactions_user
  on kindred.interactions (tenant_id, collection_id, user_id, occurred_at desc) where user_id is not null;
create index if not exists interactions_session
  on kindred.interactions (tenant_id, collection_id, session_id, occurred_at desc) where session_id is not null;
create index if not exists interactions_item on kindred.interactions (tenant_id, collection_id, item_id, occurred_at desc);
select kindred.protect('kindred.interactions');
