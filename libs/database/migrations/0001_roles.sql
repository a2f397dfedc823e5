-- Two roles besides the migrator. Services act as kindred_service and see one tenant at a time;
-- named maintenance jobs act as kindred_maintenance and see all (libs/database/src/maintenance.ts lists them).
do $$
declare
  wanted text;
begin
  foreach wanted in array array['kindred_service', 'kindred_maintenance'] loop
    if not exists (select from pg_roles where rolname = wanted) then
      execute format('create role %I nologin', wanted);
    end if;
    -- The migrator's own session switches to these roles, and its functions see all tenants.
    if not pg_has_role(current_user, wanted, 'usage') or not pg_has_role(current_user, wanted, 'set') then
      execute format('grant %I to current_user with inherit true, set true', wanted);
    end if;
  end loop;
exception when insufficient_privilege then
  raise exception '% (%): run as a superuser "create role kindred_service; create role kindred_maintenance; '
    'grant kindred_service, kindred_maintenance to % with inherit true, set true"', sqlerrm, wanted, current_user
    using errcode = 'insufficient_privilege';
end $$;

grant usage on schema kindred to kindred_service, kindred_maintenance;
-- Services check at their start that the schema is not older than they are.
grant select on kindred.schema_migrations to kindred_service, kindred_maintenance;

-- The tenant of the running transaction; null (and so no row) where none is set.
create or replace function kindred.tenant() returns text
  language sql stable parallel safe
  return nullif(current_setting('app.tenant', true), '');

-- Row-level security for one table: forced, one tenant for services, all for maintenance.
create or replace function kindred.protect(target regclass) returns void
  language plpgsql as $$
begin
  execute format('alter table %s enable row level security', target);
  execute format('alter table %s force row level security', target);
  execute format('drop policy if exists one_tenant on %s', target);
  execute format(
    -- As a subquery the tenant is read once per statement, not once per row.
    'create policy one_tenant on %s to kindred_service using (tenant_id = (select kindred.tenant()))
       with check (tenant_id = (select kindred.tenant()))',
    target
  );
  execute format('drop policy if exists all_tenants on %s', target);
  execute format('create policy all_tenants on %s to kindred_maintenance using (true) with check (true)', target);
  execute format('grant select, insert, update, delete on %s to kindred_service, kindred_maintenance', target);
end $$;
revoke execute on function kindred.protect(regclass) from public;
