-- Embedding models a tenant uses. A model version owns one vector table, so one dimension and type.
create table if not exists kindred.models (
  tenant_id text collate "C" not null,
  name text collate "C" not null,
  version text collate "C" not null,
  provider text not null,
  dimensions int not null,
  dtype text not null,
  artifact_hash text not null,
  vector_table text collate "C" not null,
  state text not null default 'active' check (state in ('registered', 'candidate', 'active', 'retired')),
  created_at timestamptz not null default now(),
  primary key (tenant_id, name, version)
);
select kindred.protect('kindred.models');

-- Makes the table of one model version. Owned by the migrator: services never own tables.
-- Storage is plain where a row fits its page: a vector of 512 float32 would be moved out of line otherwise, and every
-- scan would fetch it back. Larger ones go out of line uncompressed.
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
       primary key (tenant_id, collection_id, item_id)
     ) partition by list (collection_id)', name, element, dimensions,
    case when bytes <= 6000 then 'plain' else 'external' end);
  execute format('create table kindred.%I partition of kindred.%I default', name || '_default', name);
  perform kindred.protect(format('kindred.%I', name)::regclass);
  perform kindred.protect(format('kindred.%I', name || '_default')::regclass);
end $$;
revoke execute on function kindred.create_vector_table(text, int, text) from public;
grant execute on function kindred.create_vector_table(text, int, text) to kindred_service, kindred_maintenance;
