-- Moves one collection out of the default partition of documents or of a vector table into a partition of its own.
-- Services may call these for their own tenant's collections; the tables stay the migrator's.

-- Checks the caller's claim and returns the name of the partition.
create or replace function kindred.own_partition(parent text, collection int) returns text
  language plpgsql security definer set search_path = kindred, public, pg_temp as $$
begin
  if parent !~ '^(documents|vectors_[a-z0-9_]{1,40})$' or to_regclass('kindred.' || parent) is null then
    raise exception 'not a partitioned table: %', parent using errcode = '22023';
  end if;
  if not exists (select from kindred.collections c where c.tenant_id = kindred.tenant() and c.collection_id = collection) then
    raise exception 'not a collection of this tenant: %', collection using errcode = '22023';
  end if;
  return parent || '_c' || collection;
end $$;
revoke execute on function kindred.own_partition(text, int) from public;

create or replace function kindred.is_attached(partition text) returns boolean
  language sql stable as $$
  select exists (select from pg_inherits where inhrelid = to_regclass('kindred.' || partition));
$$;

-- Builds the partition with its index beside the live table, from a snapshot; nobody waits for it, and it is
-- searched by nobody yet. One transaction: what exists afterwards is whole. False where there is nothing to do.
create or replace function kindred.build_partition(parent text, collection int, method text, m int, ef_construction int)
  returns boolean
  language plpgsql security definer set search_path = kindred, public, pg_temp as $$
declare
  partition text := kindred.own_partition(parent, collection);
  element text := (select atttypid::regtype::text from pg_attribute
    where attrelid = ('kindred.' || parent)::regclass and attname = 'embedding');
  definition text := case method
    when 'bm25' then '(tokens) with (text_config = ''simple'')'
    when 'gin' then '(terms)'
    when 'hnsw' then format('(embedding %s_ip_ops) with (m = %s, ef_construction = %s)', element, m, ef_construction)
  end;
begin
  if method <> 'none' and (definition is null or (method = 'hnsw') <> (element is not null)) then
    raise exception 'no index % for %', method, parent using errcode = '22023';
  end if;
  perform pg_advisory_xact_lock(hashtext('kindred.promote'), hashtext(partition));
  if to_regclass('kindred.' || partition) is not null then
    return not kindred.is_attached(partition);
  end if;
  execute format('create table kindred.%I (like kindred.%I including all)', partition, parent || '_default');
  perform kindred.protect(format('kindred.%I', partition)::regclass);
  execute format('insert into kindred.%I select * from kindred.%I where tenant_id = $1 and collection_id = $2',
    partition, parent || '_default') using kindred.tenant(), collection;
  if definition is not null then
    execute format('create index %I on kindred.%I using %s %s', partition || '_' || method, partition, method, definition);
  end if;
  -- An index is only chosen well with statistics of the items too; PGlite gathers none by itself.
  execute format('analyze kindred.%I', partition);
  analyze kindred.items;
  return true;
end $$;
revoke execute on function kindred.build_partition(text, int, text, int, int) from public;
grant execute on function kindred.build_partition(text, int, text, int, int) to kindred_service;

-- Brings the built partition up to date with what was written meanwhile. Returns the number of changed rows.
create or replace function kindred.catch_up_partition(parent text, collection int) returns bigint
  language plpgsql security definer set search_path = kindred, public, pg_temp as $$
declare
  partition text := kindred.own_partition(parent, collection);
  source text := format('kindred.%I', parent || '_default');
  target text := format('kindred.%I', partition);
  -- Row versions tell changes apart only by their content.
  same text := case parent when 'documents' then 's.tokens = t.tokens'
    else '(s.revision, s.content_hash, s.embedded_at) = (t.revision, t.content_hash, t.embedded_at)' end;
  gone bigint;
  fresh bigint;
begin
  if kindred.is_attached(partition) or to_regclass('kindred.' || partition) is null then
    return 0;
  end if;
  perform pg_advisory_xact_lock(hashtext('kindred.promote'), hashtext(partition));
  execute format('delete from %s t where not exists (select from %s s where s.tenant_id = $1 and s.collection_id = $2
    and s.item_id = t.item_id and %s)', target, source, same) using kindred.tenant(), collection;
  get diagnostics gone = row_count;
  execute format('insert into %s select * from %s s where s.tenant_id = $1 and s.collection_id = $2
    and not exists (select from %s t where t.tenant_id = $1 and t.collection_id = $2 and t.item_id = s.item_id)',
    target, source, target) using kindred.tenant(), collection;
  get diagnostics fresh = row_count;
  return gone + fresh;
end $$;
revoke execute on function kindred.catch_up_partition(text, int) from public;
grant execute on function kindred.catch_up_partition(text, int) to kindred_service;

-- The moment of the swap: all others wait while the last changes are copied and the partition takes over. The parent
-- is locked first: a writer that had already chosen the default partition would fail on its new constraint. Who read
-- before and writes now would deadlock with the second lock; the caller's lock_timeout resolves that, and bounds the wait.
create or replace function kindred.attach_partition(parent text, collection int) returns boolean
  language plpgsql security definer set search_path = kindred, public, pg_temp as $$
declare
  partition text := kindred.own_partition(parent, collection);
begin
  execute format('lock table only kindred.%I in exclusive mode', parent);
  execute format('lock table kindred.%I in access exclusive mode', parent || '_default');
  if to_regclass('kindred.' || partition) is null or kindred.is_attached(partition) then
    return false;
  end if;
  perform kindred.catch_up_partition(parent, collection);
  execute format('delete from kindred.%I where tenant_id = $1 and collection_id = $2', parent || '_default')
    using kindred.tenant(), collection;
  execute format('alter table kindred.%I attach partition kindred.%I for values in (%s)', parent, partition, collection);
  return true;
end $$;
revoke execute on function kindred.attach_partition(text, int) from public;
grant execute on function kindred.attach_partition(text, int) to kindred_service;

-- Gathers statistics of the items and of a default partition where they are missing or of half the size: a planner
-- without them takes every collection for one row. Autovacuum does it within a minute, PGlite has none.
create or replace function kindred.refresh_statistics(parent text, rows bigint) returns void
  language plpgsql security definer set search_path = kindred, public, pg_temp as $$
declare
  target text;
begin
  if parent !~ '^(documents|vectors_[a-z0-9_]{1,40})$' then
    raise exception 'not a partitioned table: %', parent using errcode = '22023';
  end if;
  for target in select c.relname from pg_class c
    where c.relnamespace = 'kindred'::regnamespace and c.relname in ('items', parent || '_default') and c.reltuples < rows / 2.0
  loop
    execute format('analyze kindred.%I', target);
  end loop;
end $$;
revoke execute on function kindred.refresh_statistics(text, bigint) from public;
grant execute on function kindred.refresh_statistics(text, bigint) to kindred_service;
