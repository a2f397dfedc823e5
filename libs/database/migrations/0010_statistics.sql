-- Embedded PostgreSQL has no autovacuum, and so no statistics: every lookup by tenant and collection is then planned for
-- one row, and reads the whole collection. Analyzes one table that grew by half since it was last analyzed and returns
-- its name, or null when there is none left. A small sample is enough to tell one row from a hundred thousand.
create or replace function kindred.analyze_grown_table() returns text
  language plpgsql security definer
  set search_path = kindred, public, pg_temp set default_statistics_target = 20 as $$
declare
  grown regclass := (
    select c.oid from pg_class c
     where c.relnamespace = 'kindred'::regnamespace and c.relkind = 'r'
       and pg_relation_size(c.oid) / current_setting('block_size')::int > greatest(4, 1.5 * c.relpages)
     order by c.relname limit 1);
begin
  if grown is not null then
    execute format('analyze %s', grown);
  end if;
  return grown::text;
end $$;
revoke execute on function kindred.analyze_grown_table() from public;
grant execute on function kindred.analyze_grown_table() to kindred_service, kindred_maintenance;
