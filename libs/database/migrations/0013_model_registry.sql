-- What a model is made from, what it takes, and what is known of its quality.
alter table kindred.models add column if not exists parameters jsonb not null default '{}';
alter table kindred.models add column if not exists takes text[] not null default '{text}';
alter table kindred.models add column if not exists normalization text not null default 'l2';
alter table kindred.models add column if not exists dataset text not null default '';
alter table kindred.models add column if not exists metrics jsonb not null default '{}';

alter table kindred.collections add column if not exists image_model text not null default '';
alter table kindred.collections add column if not exists sound_model text not null default '';

-- Which models have vectors of a collection. One is searched (active), one may be on its way in (next), one may still be
-- kept up to date behind the switch (previous). All of them are written; whoever changes the roles, and whoever writes
-- vectors by them, locks the collection's row first, so that no vector is written by roles that are no longer true.
create table if not exists kindred.collection_models (
  tenant_id text collate "C" not null,
  collection_id int not null,
  kind text not null check (kind in ('text', 'image', 'sound')),
  role text not null check (role in ('active', 'next', 'previous')),
  name text collate "C" not null,
  version text collate "C" not null,
  since timestamptz not null default now(),
  -- Vectors may be missing, stale or orphaned: a reconciler looks at every item. Null where all is known to be well.
  behind_since timestamptz default now(),
  -- How far the run under way has come, by item id. A mark set meanwhile is younger than the run: another one follows.
  run_started_at timestamptz,
  cursor_id text collate "C" not null default '',
  items bigint not null default 0,
  done bigint not null default 0,
  indexing boolean not null default false,
  items_per_second double precision,
  -- Becomes the active one by itself when it is complete: a release that has another built-in model.
  automatic boolean not null default false,
  leased_by text,
  leased_until timestamptz not null default '-infinity',
  -- The model fails as a whole: tried again later, nothing is lost meanwhile.
  failures int not null default 0,
  reason text not null default '',
  retry_at timestamptz not null default '-infinity',
  primary key (tenant_id, collection_id, kind, role)
);
select kindred.protect('kindred.collection_models');

-- Inputs that a model can never embed, so that nobody tries them again until they change.
create table if not exists kindred.vector_refusals (
  tenant_id text collate "C" not null,
  collection_id int not null,
  vector_table text collate "C" not null,
  item_id text collate "C" not null,
  content_hash bytea not null,
  reason text not null,
  refused_at timestamptz not null default now(),
  primary key (tenant_id, collection_id, vector_table, item_id)
);
select kindred.protect('kindred.vector_refusals');

-- What people looked for lately: the queries that two models are compared by.
create table if not exists kindred.recent_queries (
  tenant_id text collate "C" not null,
  collection_id int not null,
  query text collate "C" not null,
  times bigint not null default 1,
  asked_at timestamptz not null default now(),
  primary key (tenant_id, collection_id, query)
);
create index if not exists recent_queries_age on kindred.recent_queries (tenant_id, collection_id, asked_at desc);
select kindred.protect('kindred.recent_queries');

-- As before, with what the ledger needs: a primary key that tells what is stale without reading vectors, and an index
-- by content, so that a text is embedded once per model however many items have it.
create or replace function kindred.create_vector_table(name text, dimensions int, element text) returns void
  language plpgsql security definer set search_path = kindred, public, pg_temp as $$
declare
  bytes int := dimensions * case element when 'halfvec' then 2 else 4 end;
begin
  if name !~ '^vectors_[a-z0-9_]{1,40}$' or element not in ('vector', 'halfvec') or dimensions not between 1 and 4000 then
    raise exception 'not a vector table: %, % of %', name, element, dimensions using errcode = '22023';
  end if;
  perform pg_advisory_xact_lock(hashtext('kindred.create_vector_table'));
  if to_regclass('kindred.' || name) is not null then
    return;
  end if;
  execute format(
    'create table kindred.%I (
       tenant_id text collate "C" not null,
       collection_id int not null,
       item_id text collate "C" not null,
       revision bigint not null,
       content_hash bytea not null,
       embedded_at timestamptz not null default now(),
       embedding %s(%s) storage %s not null,
       primary key (tenant_id, collection_id, item_id) include (content_hash)
     ) partition by list (collection_id)', name, element, dimensions,
    case when bytes <= 6000 then 'plain' else 'external' end);
  execute format('create index %I on kindred.%I (tenant_id, content_hash)', name || '_content', name);
  execute format('create table kindred.%I partition of kindred.%I default', name || '_default', name);
  perform kindred.protect(format('kindred.%I', name)::regclass);
  perform kindred.protect(format('kindred.%I', name || '_default')::regclass);
end $$;
