-- A swap gives up a lock after 300 ms, so that nobody waits behind it for longer. But an autovacuum ends itself only for who
-- has waited for `deadlock_timeout`, a second: one that takes minutes held every swap up, until the build was given up. Now
-- what an autovacuum holds is waited for first, in a lock that no reader and no writer waits behind.
create or replace function kindred.lock_out_vacuum(variadic tables text[]) returns void
  language plpgsql set search_path = kindred, public, pg_temp as $$
declare
  bound text := current_setting('lock_timeout');
  one text;
begin
  perform set_config('lock_timeout', '10s', true);
  foreach one in array tables loop
    if to_regclass(format('kindred.%I', one)) is not null then
      execute format('lock table only kindred.%I in share update exclusive mode', one);
    end if;
  end loop;
  perform set_config('lock_timeout', bound, true);
end $$;
revoke execute on function kindred.lock_out_vacuum(text[]) from public;

-- As before, but for autovacuum.
create or replace function kindred.attach_partition(parent text, collection int) returns boolean
  language plpgsql security definer set search_path = kindred, public, pg_temp as $$
declare
  partition text := kindred.own_partition(parent, collection);
begin
  perform kindred.lock_out_vacuum(parent || '_default', partition);
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

-- As before, but for autovacuum.
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
  perform kindred.lock_out_vacuum(parent || '_default', partition, copy);
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
