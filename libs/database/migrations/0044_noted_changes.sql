-- A swap compared every row of a partition with its copy while all writers of the model waited, and moved a collection out of the
-- default partition while readers waited too. Now a collection has a partition of its own before it has an index, what changes
-- while a copy is made is noted, and a swap looks at these rows alone. Locks of tables come first and last: who writes
-- takes a table's lock, then that of segments; a swap that began with the latter met every steady writer in a deadlock.
-- Why: docs/adr/0025.
drop function if exists kindred.fill_vector_partition(text, int, jsonb, oid);

-- Ids of vectors that were written or deleted since a copy of their partition was begun.
create table if not exists kindred.vector_changes (
  tenant_id text collate "C" not null,
  collection_id int not null,
  vector_table text collate "C" not null,
  item_id text collate "C" not null
);
create index if not exists vector_changes_of on kindred.vector_changes (tenant_id, collection_id, vector_table);
select kindred.protect('kindred.vector_changes');

do $$
declare
  parent text;
  one text;
  apart text;
begin
  -- What changed since these were filled was not noted; the next look makes them anew.
  for one in select c.relname from pg_class c where c.relnamespace = 'kindred'::regnamespace and c.relkind = 'r'
    and c.relname ~ '^vectors_[a-z0-9_]+_c[0-9]+_next$'
  loop
    execute format('drop table kindred.%I', one);
  end loop;
  -- As own_vectors does for partitions from now on.
  for parent in select c.relname from pg_class c where c.relnamespace = 'kindred'::regnamespace and c.relkind = 'p'
    and c.relname ~ '^vectors_'
  loop
    select string_agg(format('add constraint apart_%s check (collection_id <> %1$s)', c), ', ') into apart
      from (select substring(inhrelid::regclass::text from '_c([0-9]+)$') as c from pg_inherits
        where inhparent = format('kindred.%I', parent)::regclass) p
       where c is not null and not exists (select from pg_constraint k
         where k.conrelid = format('kindred.%I', parent || '_default')::regclass and k.conname = 'apart_' || c);
    if apart is not null then
      execute format('alter table kindred.%I %s', parent || '_default', apart);
    end if;
  end loop;
end $$;

-- As before, but whoever waits for a builder waits for as long as its step takes, whatever bounds the locks of tables.
create or replace function kindred.lock_build(partition text) returns void
  language plpgsql set search_path = kindred, public, pg_temp as $$
declare
  bound text := current_setting('lock_timeout');
begin
  perform set_config('lock_timeout', '0', true);
  perform pg_advisory_xact_lock(hashtext('kindred.promote'), hashtext(partition));
  perform set_config('lock_timeout', bound, true);
  perform kindred.is_attached(partition);
end $$;
revoke execute on function kindred.lock_build(text) from public;

-- An empty table for vectors of one collection, with the default partition's columns and keys, for the index that `spec` says.
create or replace function kindred.make_vector_partition(name text, parent text, collection int, spec jsonb) returns void
  language plpgsql set search_path = kindred, public, pg_temp as $$
begin
  execute format('create table kindred.%I (like kindred.%I including all excluding constraints, check (collection_id = %s))',
    name, parent || '_default', collection);
  execute format('comment on table kindred.%I is %L', name, spec::text);
  perform kindred.protect(format('kindred.%I', name)::regclass);
end $$;
revoke execute on function kindred.make_vector_partition(text, text, int, jsonb) from public;

-- Moves the collection's rows from the default partition into one of its own, without an index; false where it has one.
-- All wait: to be called while it is small. From then on the default partition is known to hold nothing of it, so that
-- no later swap has to look.
create or replace function kindred.own_vectors(parent text, collection int) returns boolean
  language plpgsql security definer set search_path = kindred, public, pg_temp as $$
declare
  partition text := kindred.own_partition(parent, collection);
  shared text := parent || '_default';
begin
  if parent !~ '^vectors_' then
    raise exception 'not a vector table: %', parent using errcode = '22023';
  end if;
  perform kindred.lock_build(partition);
  if kindred.is_attached(partition) then
    return false;
  end if;
  perform kindred.lock_out_vacuum(shared);
  -- The parent first: a writer that had already chosen the default partition would fail on its new constraint.
  execute format('lock table only kindred.%I in exclusive mode', parent);
  execute format('lock table kindred.%I in access exclusive mode', shared);
  execute format('drop table if exists kindred.%I', partition);
  perform kindred.make_vector_partition(partition, parent, collection, '{"method": "none"}');
  execute format('with moved as (delete from kindred.%I where tenant_id = $1 and collection_id = $2 returning *)
    insert into kindred.%I select * from moved', shared, partition) using kindred.tenant(), collection;
  execute format('alter table kindred.%I add constraint apart_%s check (collection_id <> %2$s)', shared, collection);
  execute format('alter table kindred.%I attach partition kindred.%I for values in (%s)', parent, partition, collection);
  return true;
end $$;
revoke execute on function kindred.own_vectors(text, int) from public;
grant execute on function kindred.own_vectors(text, int) to kindred_service;

create or replace function kindred.note_vector_change() returns trigger
  language plpgsql security definer set search_path = kindred, public, pg_temp as $$
begin
  if tg_op = 'DELETE' then
    new := old;
  end if;
  insert into kindred.vector_changes (tenant_id, collection_id, vector_table, item_id)
    values (new.tenant_id, new.collection_id, tg_argv[0], new.item_id);
  return null;
end $$;
revoke execute on function kindred.note_vector_change() from public;

-- Makes an empty copy, and notes all changes of the partition from its commit on: that waits for who is writing. `seen`
-- is the partition that the caller found wanting: false where another has taken its place meanwhile. A copy that an
-- interrupted call left is kept when it was made for the same index.
create or replace function kindred.begin_vector_copy(parent text, collection int, spec jsonb, seen oid) returns boolean
  language plpgsql security definer set search_path = kindred, public, pg_temp as $$
declare
  partition text := kindred.own_partition(parent, collection);
  copy text := partition || '_next';
begin
  if parent !~ '^vectors_' then
    raise exception 'not a vector table: %', parent using errcode = '22023';
  end if;
  perform kindred.vector_index_definition(parent, spec);
  perform kindred.lock_build(partition);
  if not kindred.is_attached(partition) or to_regclass('kindred.' || partition)::oid is distinct from seen then
    return false;
  end if;
  if to_regclass('kindred.' || copy) is not null then
    if obj_description(to_regclass('kindred.' || copy), 'pg_class') = spec::text then
      return true;
    end if;
    execute format('drop table kindred.%I', copy);
  end if;
  perform kindred.make_vector_partition(copy, parent, collection, spec);
  perform kindred.lock_out_vacuum(partition);
  execute format('create or replace trigger note_change after insert or update or delete on kindred.%I for each row
    execute function kindred.note_vector_change(%L)', partition, parent);
  delete from kindred.vector_changes c
    where c.tenant_id = kindred.tenant() and c.collection_id = collection and c.vector_table = parent;
  return true;
end $$;
revoke execute on function kindred.begin_vector_copy(text, int, jsonb, oid) from public;
grant execute on function kindred.begin_vector_copy(text, int, jsonb, oid) to kindred_service;

-- Copies the collection's rows into the copy, from one snapshot; nobody waits and nobody searches it. What is filled
-- stays as it is. False where the copy is for another index by now, or changes of its segments are not followed.
create or replace function kindred.fill_vector_copy(parent text, collection int, spec jsonb) returns boolean
  language plpgsql security definer set search_path = kindred, public, pg_temp as $$
declare
  partition text := kindred.own_partition(parent, collection);
  copy text := partition || '_next';
  wanted bigint[] := kindred.spec_facts(collection, spec);
  filled boolean;
begin
  perform kindred.lock_build(partition);
  if obj_description(to_regclass('kindred.' || copy), 'pg_class') is distinct from spec::text
    or wanted is distinct from coalesce((select s.next from kindred.vector_segments s
      where s.tenant_id = kindred.tenant() and s.collection_id = collection and s.vector_table = parent), '{}')
  then
    return false;
  end if;
  execute format('select exists (select from kindred.%I)', copy) into filled;
  if not filled then
    execute format('insert into kindred.%I (tenant_id, collection_id, item_id, revision, content_hash, embedded_at, embedding,
        recent, segments)
      select v.tenant_id, v.collection_id, v.item_id, v.revision, v.content_hash, v.embedded_at, v.embedding, false, %s
        from kindred.%I v %s where v.tenant_id = $1 and v.collection_id = $2',
      copy, kindred.copied_segments(wanted), partition, kindred.copied_from(wanted))
      using kindred.tenant(), collection, wanted;
  end if;
  return true;
end $$;
revoke execute on function kindred.fill_vector_copy(text, int, jsonb) from public;
grant execute on function kindred.fill_vector_copy(text, int, jsonb) to kindred_service;

-- Brings the copy up to date with the changes noted so far; these are recent in it. Returns the number of changed rows.
create or replace function kindred.catch_up_vector_partition(parent text, collection int) returns bigint
  language plpgsql security definer set search_path = kindred, public, pg_temp as $$
declare
  partition text := kindred.own_partition(parent, collection);
  copy text := format('kindred.%I', partition || '_next');
  wanted bigint[];
  ids text[];
  gone bigint;
  fresh bigint;
begin
  perform kindred.lock_build(partition);
  if to_regclass(copy) is null or not kindred.is_attached(partition) then
    return 0;
  end if;
  wanted := kindred.spec_facts(collection, obj_description(to_regclass(copy), 'pg_class')::jsonb);
  with noted as (delete from kindred.vector_changes c where c.tenant_id = kindred.tenant() and c.collection_id = collection
      and c.vector_table = parent returning c.item_id)
    select array_agg(distinct n.item_id) into ids from noted n;
  execute format('delete from %s t using unnest($3) c(item_id)
    where t.tenant_id = $1 and t.collection_id = $2 and t.item_id = c.item_id
      and not exists (select from kindred.%I s where s.tenant_id = $1 and s.collection_id = $2 and s.item_id = t.item_id
        and (s.revision, s.content_hash, s.embedded_at) = (t.revision, t.content_hash, t.embedded_at))',
    copy, partition) using kindred.tenant(), collection, ids;
  get diagnostics gone = row_count;
  execute format('insert into %s (tenant_id, collection_id, item_id, revision, content_hash, embedded_at, embedding,
      recent, segments)
    select v.tenant_id, v.collection_id, v.item_id, v.revision, v.content_hash, v.embedded_at, v.embedding, true, %s
      from unnest($4) c(item_id)
      join kindred.%I v on v.tenant_id = $1 and v.collection_id = $2 and v.item_id = c.item_id %s
     where not exists (select from %s t where t.tenant_id = $1 and t.collection_id = $2 and t.item_id = c.item_id)',
    copy, kindred.copied_segments(wanted), partition, kindred.copied_from(wanted), copy)
    using kindred.tenant(), collection, wanted, ids;
  get diagnostics fresh = row_count;
  return gone + fresh;
end $$;
revoke execute on function kindred.catch_up_vector_partition(text, int) from public;
grant execute on function kindred.catch_up_vector_partition(text, int) to kindred_service;

-- The moment of the swap. Writers wait while the last changes are copied, readers only for the exchange itself, which reads
-- no row: constraints say what is in the copy and what is not in the default partition. Locks are taken from the parent down;
-- who holds one below and wants one above is let go by the caller's lock_timeout. False where there is no finished copy.
create or replace function kindred.swap_vector_partition(parent text, collection int) returns boolean
  language plpgsql security definer set search_path = kindred, public, pg_temp as $$
declare
  partition text := kindred.own_partition(parent, collection);
  copy text := partition || '_next';
  definition text;
begin
  perform kindred.lock_build(partition);
  if to_regclass('kindred.' || copy) is null or not kindred.is_attached(partition) then
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
  perform kindred.lock_out_vacuum(parent || '_default', partition, copy);
  execute format('lock table only kindred.%I in exclusive mode', parent);
  execute format('lock table kindred.%I in exclusive mode', partition);
  perform kindred.catch_up_vector_partition(parent, collection);
  execute format('alter table kindred.%I detach partition kindred.%I', parent, partition);
  execute format('drop table kindred.%I', partition);
  execute format('alter table kindred.%I rename to %I', copy, partition);
  execute format('alter table kindred.%I attach partition kindred.%I for values in (%s)', parent, partition, collection);
  perform kindred.settle_segments(parent, collection);
  return true;
end $$;
revoke execute on function kindred.swap_vector_partition(text, int) from public;
grant execute on function kindred.swap_vector_partition(text, int) to kindred_service;
revoke execute on function kindred.settle_segments(text, int) from kindred_service;

-- Of a build that nobody wants any more: the copy, and the noting of changes for it.
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
  perform kindred.lock_out_vacuum(partition);
  execute format('drop trigger if exists note_change on kindred.%I', partition);
  delete from kindred.vector_changes c
    where c.tenant_id = kindred.tenant() and c.collection_id = collection and c.vector_table = parent;
  perform kindred.settle_segments(parent, collection);
end $$;
revoke execute on function kindred.drop_vector_copy(text, int) from public;
grant execute on function kindred.drop_vector_copy(text, int) to kindred_service;
