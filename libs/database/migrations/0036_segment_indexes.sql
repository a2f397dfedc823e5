-- The graphs of a copy's segments, each made like its main index for the same part of the rows, but with a condition in
-- words of its own: a search that says these cannot be answered by the main index. The comment says whose it is, so that
-- the catalog is the only account of what is built. Called in the transaction that builds the main index.
create or replace function kindred.index_segments(parent text, collection int) returns void
  language plpgsql security definer set search_path = kindred, public, pg_temp as $$
declare
  partition text := kindred.own_partition(parent, collection);
  copy regclass;
  spec jsonb;
  one record;
  made regclass;
begin
  perform kindred.lock_build(partition);
  copy := to_regclass('kindred.' || partition || '_next');
  if copy is null then
    return;
  end if;
  spec := obj_description(copy, 'pg_class')::jsonb;
  for one in select s ->> 'field' as field, s -> 'value' as value, kindred.fact(collection, s ->> 'field', s -> 'value') as fact
    from jsonb_array_elements(coalesce(spec -> 'segments', '[]')) s
  loop
    continue when exists (select from pg_index n where n.indrelid = copy
      and obj_description(n.indexrelid, 'pg_class')::jsonb ->> 'fact' = one.fact::text);
    execute format('create index on %s using %s where (case when recent then null else segments end) @> %L::bigint[]', copy,
      kindred.vector_index_definition(parent, spec || '{"recent": false}'), array[one.fact]);
    select n.indexrelid::regclass into made from pg_index n where n.indrelid = copy order by n.indexrelid desc limit 1;
    execute format('comment on index %s is %L', made,
      jsonb_build_object('field', one.field, 'value', one.value, 'fact', one.fact::text));
  end loop;
end $$;
revoke execute on function kindred.index_segments(text, int) from public;
grant execute on function kindred.index_segments(text, int) to kindred_service;
