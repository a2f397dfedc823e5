-- A vector that was just written waits in the recent part of its collection's partition: it is not in the graph that the
-- collection declares, but in a small one that takes a tenth of the time. Searches look at both, and a fold moves it over
-- later. One column tells, so every row is in exactly one part at any time. Why: docs/adr/0011.
do $$
declare
  one text;
begin
  -- Copies that an interrupted build left have no such column; the next look makes them anew.
  for one in select c.relname from pg_class c where c.relnamespace = 'kindred'::regnamespace and c.relkind = 'r'
    and c.relname ~ '^vectors_[a-z0-9_]+_c[0-9]+_next$'
  loop
    execute format('drop table kindred.%I', one);
  end loop;
  -- What is there is in the indexes that are there.
  for one in select c.relname from pg_class c where c.relnamespace = 'kindred'::regnamespace and c.relkind = 'p'
    and c.relname ~ '^vectors_'
    and not exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'recent' and not a.attisdropped)
  loop
    execute format('alter table kindred.%I add column recent boolean not null default false', one);
    execute format('alter table kindred.%I alter column recent set default true', one);
  end loop;
end $$;

-- As before, with the part that a vector is in.
create or replace function kindred.create_vector_table(name text, dimensions int, element text) returns void
  language plpgsql security definer set search_path = kindred, public, pg_temp as $$
declare
  bytes int := dimensions * case element when 'halfvec' then 2 else 4 end;
begin
  if name !~ '^vectors_[a-z0-9_]{1,40}$' or element not in ('vector', 'halfvec') or dimensions not between 1 and 16000 then
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
       recent boolean not null default true,
       primary key (tenant_id, collection_id, item_id) include (content_hash)
     ) partition by list (collection_id)', name, element, dimensions,
    case when bytes <= 6000 then 'plain' else 'external' end);
  execute format('create index %I on kindred.%I (tenant_id, content_hash)', name || '_content', name);
  execute format('create table kindred.%I partition of kindred.%I default', name || '_default', name);
  perform kindred.protect(format('kindred.%I', name)::regclass);
  perform kindred.protect(format('kindred.%I', name || '_default')::regclass);
end $$;

-- What stands between "using" and the end of CREATE INDEX; null for no index. 22023 where pgvector has no such index.
-- With "recent" in its spec the index leaves the recent part out.
create or replace function kindred.vector_index_definition(parent text, spec jsonb) returns text
  language plpgsql stable set search_path = kindred, public, pg_temp as $$
declare
  stored text;
  dimensions int;
  method text := spec ->> 'method';
  element text := spec ->> 'element';
  class text;
  indexed text;
begin
  if method = 'none' then
    return null;
  end if;
  select atttypid::regtype::text, atttypmod into stored, dimensions from pg_attribute
    where attrelid = ('kindred.' || parent)::regclass and attname = 'embedding';
  class := format('%s_%s_ops', element, spec ->> 'operator');
  if stored is null or not exists (
    select from pg_opclass o join pg_am a on a.oid = o.opcmethod where a.amname = method and o.opcname = class
  ) then
    raise exception 'no index % by % for %', method, class, parent using errcode = '22023';
  end if;
  indexed := case element
    when stored then 'embedding'
    when 'bit' then format('(binary_quantize(embedding)::bit(%s))', dimensions)
    else format('(embedding::%s(%s))', element, dimensions)
  end;
  return case method
    when 'hnsw' then format('hnsw (%s %I) with (m = %s, ef_construction = %s)', indexed, class,
      (spec ->> 'm')::int, (spec ->> 'ef_construction')::int)
    when 'ivfflat' then format('ivfflat (%s %I) with (lists = %s)', indexed, class, (spec ->> 'lists')::int)
  end || case when (spec ->> 'recent')::boolean then ' where not recent' else '' end;
end $$;
revoke execute on function kindred.vector_index_definition(text, jsonb) from public;

-- The indexes of a copy's recent part: a graph with few links, and all of its ids. `item_id >= ''` is true of all: a search
-- by the graph does not say it, so that no planner without statistics takes the ids' index for it.
create or replace function kindred.index_recent_part(parent text, copy text, spec jsonb) returns void
  language plpgsql set search_path = kindred, public, pg_temp as $$
begin
  execute format('create index on kindred.%I using %s where recent', copy,
    kindred.vector_index_definition(parent, spec || '{"m": 8, "ef_construction": 32, "recent": false}'));
  execute format('create index on kindred.%I (item_id) where recent and item_id >= ''''', copy);
end $$;
revoke execute on function kindred.index_recent_part(text, text, jsonb) from public;

-- As before; what is copied is in the index that is built next.
create or replace function kindred.fill_vector_partition(parent text, collection int, spec jsonb, seen oid)
  returns boolean
  language plpgsql security definer set search_path = kindred, public, pg_temp as $$
declare
  partition text := kindred.own_partition(parent, collection);
  copy text := partition || '_next';
  attached boolean;
begin
  if parent !~ '^vectors_' then
    raise exception 'not a vector table: %', parent using errcode = '22023';
  end if;
  perform kindred.vector_index_definition(parent, spec);
  perform kindred.lock_build(partition);
  attached := kindred.is_attached(partition);
  if (case when attached then to_regclass('kindred.' || partition)::oid end) is distinct from seen then
    return false;
  end if;
  if to_regclass('kindred.' || copy) is not null then
    if obj_description(to_regclass('kindred.' || copy), 'pg_class') = spec::text then
      return true;
    end if;
    execute format('drop table kindred.%I', copy);
  end if;
  execute format('create table kindred.%I (like kindred.%I including all)', copy, parent || '_default');
  execute format('comment on table kindred.%I is %L', copy, spec::text);
  perform kindred.protect(format('kindred.%I', copy)::regclass);
  execute format('insert into kindred.%I (tenant_id, collection_id, item_id, revision, content_hash, embedded_at, embedding, recent)
    select tenant_id, collection_id, item_id, revision, content_hash, embedded_at, embedding, false
      from kindred.%I where tenant_id = $1 and collection_id = $2',
    copy, case when attached then partition else parent || '_default' end) using kindred.tenant(), collection;
  return true;
end $$;
revoke execute on function kindred.fill_vector_partition(text, int, jsonb, oid) from public;
grant execute on function kindred.fill_vector_partition(text, int, jsonb, oid) to kindred_service;

-- As before, with the indexes of the recent part where the spec has one.
create or replace function kindred.index_vector_partition(parent text, collection int) returns void
  language plpgsql security definer set search_path = kindred, public, pg_temp as $$
declare
  partition text := kindred.own_partition(parent, collection);
  copy text := partition || '_next';
  spec jsonb;
  definition text;
begin
  perform kindred.lock_build(partition);
  if to_regclass('kindred.' || copy) is null then
    return;
  end if;
  spec := obj_description(to_regclass('kindred.' || copy), 'pg_class')::jsonb;
  definition := kindred.vector_index_definition(parent, spec);
  if definition is not null and not exists (
    select from pg_index n join pg_class x on x.oid = n.indexrelid join pg_am a on a.oid = x.relam
     where n.indrelid = to_regclass('kindred.' || copy) and a.amname in ('hnsw', 'ivfflat')
  ) then
    execute format('create index on kindred.%I using %s', copy, definition);
    if (spec ->> 'recent')::boolean then
      perform kindred.index_recent_part(parent, copy, spec);
    end if;
  end if;
  execute format('analyze kindred.%I', copy);
  analyze kindred.items;
end $$;
revoke execute on function kindred.index_vector_partition(text, int) from public;
grant execute on function kindred.index_vector_partition(text, int) to kindred_service;

-- As before; what changed since the copy was filled is in its recent part.
create or replace function kindred.catch_up_vector_partition(parent text, collection int) returns bigint
  language plpgsql security definer set search_path = kindred, public, pg_temp as $$
declare
  partition text := kindred.own_partition(parent, collection);
  copy text := format('kindred.%I', partition || '_next');
  source text;
  gone bigint;
  fresh bigint;
begin
  perform kindred.lock_build(partition);
  if to_regclass(copy) is null then
    return 0;
  end if;
  source := format('kindred.%I', case when kindred.is_attached(partition) then partition else parent || '_default' end);
  execute format('delete from %s t where not exists (select from %s s where s.tenant_id = $1 and s.collection_id = $2
    and s.item_id = t.item_id and (s.revision, s.content_hash, s.embedded_at) = (t.revision, t.content_hash, t.embedded_at))',
    copy, source) using kindred.tenant(), collection;
  get diagnostics gone = row_count;
  execute format('insert into %s (tenant_id, collection_id, item_id, revision, content_hash, embedded_at, embedding, recent)
    select tenant_id, collection_id, item_id, revision, content_hash, embedded_at, embedding, true
      from %s s where s.tenant_id = $1 and s.collection_id = $2
       and not exists (select from %s t where t.tenant_id = $1 and t.collection_id = $2 and t.item_id = s.item_id)',
    copy, source, copy) using kindred.tenant(), collection;
  get diagnostics fresh = row_count;
  return gone + fresh;
end $$;
revoke execute on function kindred.catch_up_vector_partition(text, int) from public;
grant execute on function kindred.catch_up_vector_partition(text, int) to kindred_service;
