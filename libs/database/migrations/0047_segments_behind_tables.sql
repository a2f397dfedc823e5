-- Who changes which segments are followed takes no lock of segments while it holds, or waits for, one of a table: swaps
-- settle them under the table's (docs/adr/0025).
drop function if exists kindred.lock_segments(text, int);

-- Before a copy is filled, in a transaction of its own: from its commit on every change of an item is seen by the copy,
-- which a snapshot that began earlier would miss. Waits for every writer that has read the facts, and holds up those that
-- come: not for long.
create or replace function kindred.follow_segments(parent text, collection int, spec jsonb) returns void
  language plpgsql security definer set search_path = kindred, public, pg_temp as $$
declare
  wanted bigint[] := kindred.spec_facts(collection, spec);
begin
  perform kindred.lock_build(kindred.own_partition(parent, collection));
  perform pg_advisory_xact_lock(hashtext('kindred.segments'), collection);
  update kindred.vector_segments set next = wanted
    where tenant_id = kindred.tenant() and collection_id = collection and vector_table = parent;
  if not found and wanted <> '{}' then
    insert into kindred.vector_segments (tenant_id, collection_id, vector_table, next)
      values (kindred.tenant(), collection, parent, wanted);
  end if;
end $$;
revoke execute on function kindred.follow_segments(text, int, jsonb) from public;
grant execute on function kindred.follow_segments(text, int, jsonb) to kindred_service;

-- As before, by facts that no swap changes until the caller commits: who waited for one reads them again.
create or replace function kindred.move_segments() returns trigger
  language plpgsql security definer set search_path = kindred, public, pg_temp as $$
declare
  vectors text;
  has bigint[];
  followed bigint[];
begin
  perform pg_advisory_xact_lock_shared(hashtext('kindred.segments'), new.collection_id);
  for vectors in select s.vector_table from kindred.vector_segments s
    where s.tenant_id = new.tenant_id and s.collection_id = new.collection_id
  loop
    execute format('lock table only kindred.%I in row exclusive mode', vectors);
    select s.facts, s.facts || s.next into has, followed from kindred.vector_segments s
      where s.tenant_id = new.tenant_id and s.collection_id = new.collection_id and s.vector_table = vectors;
    continue when not found or (not old.deleted
      and kindred.segments_of(new.collection_id, old.attributes, old.categories, followed) is not distinct from
          kindred.segments_of(new.collection_id, new.attributes, new.categories, followed));
    execute format('update kindred.%I set segments = $4, recent = true, embedded_at = clock_timestamp()
      where tenant_id = $1 and collection_id = $2 and item_id = $3', vectors)
      using new.tenant_id, new.collection_id, new.item_id,
        kindred.segments_of(new.collection_id, new.attributes, new.categories, has);
  end loop;
  return null;
end $$;
revoke execute on function kindred.move_segments() from public;
