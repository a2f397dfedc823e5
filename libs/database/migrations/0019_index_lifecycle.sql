-- Vector indexes of every kind, and changing one without stopping anybody: a copy of the collection's rows gets the new
-- index and takes the old one's place. CREATE INDEX CONCURRENTLY cannot run in a function, and services own no tables.
-- Steps, each a transaction of its own and safe to repeat: fill, index, catch up, swap. Why: docs/adr/0008.

-- What stands between "using" and the end of CREATE INDEX; null for no index. 22023 where pgvector has no such index.
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
  end;
end $$;
revoke execute on function kindred.vector_index_definition(text, jsonb) from public;

-- One process builds at a time. Whoever waited may remember a table that the one before renamed or dropped: reading a
-- catalog that this transaction has not read yet makes the session look again, a lock of ours alone does not. So this
-- comes before anything else that reads pg_inherits.
create or replace function kindred.lock_build(partition text) returns void
  language plpgsql set search_path = kindred, public, pg_temp as $$
begin
  perform pg_advisory_xact_lock(hashtext('kindred.promote'), hashtext(partition));
  perform kindred.is_attached(partition);
end $$;
revoke execute on function kindred.lock_build(text) from public;

-- Copies the collection's rows beside the live ones, from one snapshot; nobody waits and nobody searches the copy. `seen`
-- is the partition that the caller found wanting (null: none yet): false where another has taken its place meanwhile. A
-- copy that an interrupted call left is used when it was made for the same index.
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
  execute format('insert into kindred.%I select * from kindred.%I where tenant_id = $1 and collection_id = $2',
    copy, case when attached then partition else parent || '_default' end) using kindred.tenant(), collection;
  return true;
end $$;
revoke execute on function kindred.fill_vector_partition(text, int, jsonb, oid) from public;
grant execute on function kindred.fill_vector_partition(text, int, jsonb, oid) to kindred_service;

-- Builds the copy's index. By itself, so that others see its progress.
create or replace function kindred.index_vector_partition(parent text, collection int) returns void
  language plpgsql security definer set search_path = kindred, public, pg_temp as $$
declare
  partition text := kindred.own_partition(parent, collection);
  copy text := partition || '_next';
  definition text;
begin
  perform kindred.lock_build(partition);
  if to_regclass('kindred.' || copy) is null then
    return;
  end if;
  definition := kindred.vector_index_definition(parent, obj_description(to_regclass('kindred.' || copy), 'pg_class')::jsonb);
  if definition is not null and not exists (
    select from pg_index n join pg_class x on x.oid = n.indexrelid join pg_am a on a.oid = x.relam
     where n.indrelid = to_regclass('kindred.' || copy) and a.amname in ('hnsw', 'ivfflat')
  ) then
    execute format('create index on kindred.%I using %s', copy, definition);
  end if;
  execute format('analyze kindred.%I', copy);
  analyze kindred.items;
end $$;
revoke execute on function kindred.index_vector_partition(text, int) from public;
grant execute on function kindred.index_vector_partition(text, int) to kindred_service;

-- Brings the copy up to date with what was written meanwhile. Returns the number of changed rows.
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
  execute format('insert into %s select * from %s s where s.tenant_id = $1 and s.collection_id = $2
    and not exists (select from %s t where t.tenant_id = $1 and t.collection_id = $2 and t.item_id = s.item_id)',
    copy, source, copy) using kindred.tenant(), collection;
  get diagnostics fresh = row_count;
  return gone + fresh;
end $$;
revoke execute on function kindred.catch_up_vector_partition(text, int) from public;
grant execute on function kindred.catch_up_vector_partition(text, int) to kindred_service;

-- The moment of the swap. Writers wait while the last changes are copied, readers only for the exchange itself. Locks are
-- taken from the parent down; who holds one below and wants one above is let go by the caller's lock_timeout. False where
-- there is no finished copy.
create or replace function kindred.swap_vector_partition(parent text, collection int) returns boolean
  language plpgsql security definer set search_path = kindred, public, pg_temp as $$
declare
  partition text := kindred.own_partition(parent, collection);
  copy text := partition || '_next';
  definition text;
begin
  perform kindred.lock_build(partition);
  if to_regclass('kindred.' || copy) is null then
    return false;
  end if;
  definition := kindred.vector_index_definition(parent, obj_description(to_regclass('kindred.' || copy), 'pg_class')::jsonb);
  -- Another process may have begun a copy anew between this one's steps.
  if definition is not null and not exists (
    select from pg_index n join pg_class x on x.oid = n.indexrelid join pg_am a on a.oid = x.relam
     where n.indrelid = to_regclass('kindred.' || copy) and a.amname in ('hnsw', 'ivfflat')
  ) then
    return false;
  end if;
  execute format('lock table only kindred.%I in exclusive mode', parent);
  if kindred.is_attached(partition) then
    execute format('lock table kindred.%I in exclusive mode', partition);
    perform kindred.catch_up_vector_partition(parent, collection);
    execute format('alter table kindred.%I detach partition kindred.%I', parent, partition);
    execute format('drop table kindred.%I', partition);
  else
    execute format('lock table kindred.%I in access exclusive mode', parent || '_default');
    perform kindred.catch_up_vector_partition(parent, collection);
    execute format('drop table if exists kindred.%I', partition);
    execute format('delete from kindred.%I where tenant_id = $1 and collection_id = $2', parent || '_default')
      using kindred.tenant(), collection;
  end if;
  execute format('alter table kindred.%I rename to %I', copy, partition);
  execute format('alter table kindred.%I attach partition kindred.%I for values in (%s)', parent, partition, collection);
  return true;
end $$;
revoke execute on function kindred.swap_vector_partition(text, int) from public;
grant execute on function kindred.swap_vector_partition(text, int) to kindred_service;

-- How far the index of the copy has come; no row where none is being built. As the migrator, because a session may see
-- another role's progress only as one of its members.
create or replace function kindred.index_progress(parent text, collection int)
  returns table (phase text, done bigint, total bigint)
  language plpgsql stable security definer set search_path = kindred, public, pg_temp as $$
declare
  copy text := kindred.own_partition(parent, collection) || '_next';
begin
  return query select p.phase, case when p.tuples_total > 0 then p.tuples_done else p.blocks_done end,
      greatest(p.tuples_total, p.blocks_total)
    from pg_stat_progress_create_index p where p.datname = current_database() and p.relid = to_regclass('kindred.' || copy);
end $$;
revoke execute on function kindred.index_progress(text, int) from public;
grant execute on function kindred.index_progress(text, int) to kindred_service;

-- Drops the copy that an interrupted call left, where no index is wanted any more.
create or replace function kindred.drop_vector_copy(parent text, collection int) returns void
  language plpgsql security definer set search_path = kindred, public, pg_temp as $$
declare
  partition text := kindred.own_partition(parent, collection);
begin
  if parent !~ '^vectors_' then
    raise exception 'not a vector table: %', parent using errcode = '22023';
  end if;
  perform kindred.lock_build(partition);
  execute format('drop table if exists kindred.%I', partition || '_next');
end $$;
revoke execute on function kindred.drop_vector_copy(text, int) from public;
grant execute on function kindred.drop_vector_copy(text, int) to kindred_service;

-- Drops copies whose collection was deleted while they were made: nothing of it may stay. Returns how many.
create or replace function kindred.drop_stray_copies() returns int
  language plpgsql security definer set search_path = kindred, public, pg_temp as $$
declare
  copy text;
  dropped int := 0;
begin
  for copy in select c.relname from pg_class c
    where c.relnamespace = 'kindred'::regnamespace and c.relkind = 'r' and c.relname ~ '^vectors_[a-z0-9_]+_c[0-9]+_next$'
      and not exists (select from kindred.collections o
        where o.collection_id = substring(c.relname from '_c([0-9]+)_next$')::int)
  loop
    execute format('drop table if exists kindred.%I', copy);
    dropped := dropped + 1;
  end loop;
  return dropped;
end $$;
revoke execute on function kindred.drop_stray_copies() from public;
grant execute on function kindred.drop_stray_copies() to kindred_maintenance;

-- As before, with vectors of up to 16,000 dimensions: above 4,000 only their signs can be indexed.
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
       primary key (tenant_id, collection_id, item_id) include (content_hash)
     ) partition by list (collection_id)', name, element, dimensions,
    case when bytes <= 6000 then 'plain' else 'external' end);
  execute format('create index %I on kindred.%I (tenant_id, content_hash)', name || '_content', name);
  execute format('create table kindred.%I partition of kindred.%I default', name || '_default', name);
  perform kindred.protect(format('kindred.%I', name)::regclass);
  perform kindred.protect(format('kindred.%I', name || '_default')::regclass);
end $$;
