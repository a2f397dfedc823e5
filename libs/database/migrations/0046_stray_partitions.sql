drop function if exists kindred.drop_stray_copies();

-- Drops partitions of collections that were deleted, and copies of these: empty, they would keep their room and their
-- indexes. Whoever holds one goes first; it is left for the next call. Returns how many.
create or replace function kindred.drop_stray_partitions() returns int
  language plpgsql security definer set search_path = kindred, public, pg_temp set lock_timeout = '300ms' as $$
declare
  one record;
  dropped int := 0;
begin
  for one in select c.relname as name, substring(c.relname from '_c([0-9]+)(?:_next)?$') as collection, h.inhparent::regclass as parent
    from pg_class c left join pg_inherits h on h.inhrelid = c.oid
    where c.relnamespace = 'kindred'::regnamespace and c.relkind = 'r'
      and c.relname ~ '^(documents|vectors_[a-z0-9_]+)_c[0-9]+(_next)?$'
      and not exists (select from kindred.collections o where o.collection_id = substring(c.relname from '_c([0-9]+)(?:_next)?$')::int)
  loop
    begin
      if one.parent is not null then
        execute format('alter table %s detach partition kindred.%I', one.parent, one.name);
        execute format('alter table %s_default drop constraint if exists apart_%s', one.parent, one.collection);
      end if;
      execute format('drop table if exists kindred.%I', one.name);
      dropped := dropped + 1;
    exception when lock_not_available or deadlock_detected then
      null;
    end;
  end loop;
  return dropped;
end $$;
revoke execute on function kindred.drop_stray_partitions() from public;
grant execute on function kindred.drop_stray_partitions() to kindred_maintenance;
