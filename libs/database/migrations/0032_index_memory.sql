-- An HNSW graph that outgrows maintenance_work_mem while it is built is finished row by row, at four times the cost: with 256 MB
-- that is beyond some 150,000 vectors of 384 halves. A server-wide value for the largest collection would be claimed by every
-- parallel build at once, so a build asks for what its graph takes, and for kindred.index_build_memory at most.
create or replace function kindred.claim_build_memory(copy text, spec jsonb) returns void
  language plpgsql set search_path = kindred, public, pg_temp as $$
declare
  most bigint := pg_size_bytes(coalesce(nullif(current_setting('kindred.index_build_memory', true), ''), '0'));
  needed bigint;
begin
  if most <= pg_size_bytes(current_setting('maintenance_work_mem')) then
    return;
  end if;
  -- In memory an element has its vector, 2 m links of 16 bytes, those of higher levels and some 100 bytes of its own.
  execute format('select count(*) * (32 * $1 + 200) + pg_table_size(%L) from kindred.%I', 'kindred.' || copy, copy)
    into needed using coalesce((spec ->> 'm')::int, 24);
  if needed > pg_size_bytes(current_setting('maintenance_work_mem')) then
    perform set_config('maintenance_work_mem', least(needed, most) / 1024 || 'kB', true);
  end if;
end $$;
revoke execute on function kindred.claim_build_memory(text, jsonb) from public;

-- As before, with the memory that the graph takes.
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
    perform kindred.claim_build_memory(copy, spec);
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
