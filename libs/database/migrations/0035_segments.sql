-- Segments: what passes `field = value`, for common values of declared fields, has a graph of its own in the collection's
-- partition, partial by a column of the vector's row: the facts of its item that have such a graph. Why: docs/adr/0021.
-- Invariant: in every snapshot a row's segments are its item's facts among those that the partition in use has graphs of.
do $$
declare
  one text;
begin
  -- Copies that an interrupted build left have no such column; the next look makes them anew.
  for one in select c.relname from pg_class c where c.relnamespace = 'kindred'::regnamespace and c.relkind = 'r'
    and c.relname ~ '^vectors_[a-z0-9_]+_c[0-9]+_next$'
  loop
    execute format('drop table kindred.%I', one);
  end loop;
  for one in select c.relname from pg_class c where c.relnamespace = 'kindred'::regnamespace and c.relkind = 'p'
    and c.relname ~ '^vectors_'
    and not exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'segments' and not a.attisdropped)
  loop
    execute format('alter table kindred.%I add column segments bigint[]', one);
  end loop;
end $$;

-- As before, with the segments that a vector is in.
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
       recent boolean not null default true,
       segments bigint[],
       primary key (tenant_id, collection_id, item_id) include (content_hash)
     ) partition by list (collection_id)', name, element, dimensions,
    case when bytes <= 6000 then 'plain' else 'external' end);
  execute format('create index %I on kindred.%I (tenant_id, content_hash)', name || '_content', name);
  execute format('create table kindred.%I partition of kindred.%I default', name || '_default', name);
  perform kindred.protect(format('kindred.%I', name)::regclass);
  perform kindred.protect(format('kindred.%I', name || '_default')::regclass);
end $$;

-- Facts that the partition in use has graphs of, and those of the copy that is being made. No row where there are neither.
create table if not exists kindred.vector_segments (
  tenant_id text collate "C" not null,
  collection_id int not null,
  vector_table text collate "C" not null,
  facts bigint[] not null default '{}',
  next bigint[] not null default '{}',
  primary key (tenant_id, collection_id, vector_table)
);
select kindred.protect('kindred.vector_segments');

-- Of an item, those of its facts that are among these; null where none is.
create or replace function kindred.segments_of(collection int, attributes jsonb, categories text[], facts bigint[])
  returns bigint[]
  language plpgsql immutable parallel safe set search_path = kindred, public, pg_temp as $$
begin
  return (select array_agg(distinct f) from unnest(kindred.item_facts(collection, attributes, categories)) f
    where f = any(facts));
end $$;

-- Facts of the segments in an index's spec: [{"field": "brand", "value": "acme"}].
create or replace function kindred.spec_facts(collection int, spec jsonb) returns bigint[]
  language sql immutable set search_path = kindred, public, pg_temp as $$
  select array(select kindred.fact(collection, s ->> 'field', s -> 'value')
    from jsonb_array_elements(coalesce(spec -> 'segments', '[]')) s);
$$;

-- Who changes what the facts are waits for every writer that has read them, and holds up those that come: not for long.
-- Behind the lock of builds, which is held for minutes: writers never take that.
create or replace function kindred.lock_segments(parent text, collection int) returns void
  language plpgsql security definer set search_path = kindred, public, pg_temp as $$
begin
  perform kindred.lock_build(kindred.own_partition(parent, collection));
  perform pg_advisory_xact_lock(hashtext('kindred.segments'), collection);
end $$;
revoke execute on function kindred.lock_segments(text, int) from public;
grant execute on function kindred.lock_segments(text, int) to kindred_service;

-- Before a copy is filled, in a transaction of its own: from its commit on every change of an item is seen by the copy,
-- which a snapshot that began earlier would miss. A copy for another index goes: its changes are no longer followed.
create or replace function kindred.follow_segments(parent text, collection int, spec jsonb) returns void
  language plpgsql security definer set search_path = kindred, public, pg_temp as $$
declare
  copy text := kindred.own_partition(parent, collection) || '_next';
  wanted bigint[] := kindred.spec_facts(collection, spec);
begin
  perform kindred.lock_segments(parent, collection);
  if to_regclass('kindred.' || copy) is not null
    and obj_description(to_regclass('kindred.' || copy), 'pg_class') is distinct from spec::text then
    execute format('drop table kindred.%I', copy);
  end if;
  update kindred.vector_segments set next = wanted
    where tenant_id = kindred.tenant() and collection_id = collection and vector_table = parent;
  if not found and wanted <> '{}' then
    insert into kindred.vector_segments (tenant_id, collection_id, vector_table, next)
      values (kindred.tenant(), collection, parent, wanted);
  end if;
end $$;
revoke execute on function kindred.follow_segments(text, int, jsonb) from public;
grant execute on function kindred.follow_segments(text, int, jsonb) to kindred_service;

-- In the transaction that puts a copy in use, or drops one: the facts are those of the partition in use.
create or replace function kindred.settle_segments(parent text, collection int) returns void
  language plpgsql security definer set search_path = kindred, public, pg_temp as $$
declare
  partition text := kindred.own_partition(parent, collection);
  spec jsonb := case when kindred.is_attached(partition)
    then obj_description(to_regclass('kindred.' || partition), 'pg_class')::jsonb end;
  has bigint[] := kindred.spec_facts(collection, spec);
begin
  if has = '{}' then
    delete from kindred.vector_segments
      where tenant_id = kindred.tenant() and collection_id = collection and vector_table = parent;
  else
    insert into kindred.vector_segments (tenant_id, collection_id, vector_table, facts)
      values (kindred.tenant(), collection, parent, has)
      on conflict (tenant_id, collection_id, vector_table) do update set facts = excluded.facts, next = '{}';
  end if;
end $$;
revoke execute on function kindred.settle_segments(text, int) from public;
grant execute on function kindred.settle_segments(text, int) to kindred_service;

-- Segments of items whose vectors the caller is about to write, who holds a lock on the vector table. The items cannot
-- change until the caller commits: a change would look for the vector before it is there. Rows only where facts are followed.
create or replace function kindred.segments_for(parent text, collection int, ids text[])
  returns table (item_id text, segments bigint[])
  language plpgsql volatile rows 500 set search_path = kindred, public, pg_temp as $$
declare
  followed record;
begin
  perform pg_advisory_xact_lock_shared(hashtext('kindred.segments'), collection);
  select s.facts into followed from kindred.vector_segments s
    where s.tenant_id = kindred.tenant() and s.collection_id = collection and s.vector_table = parent;
  if found then
    return query select i.item_id, kindred.segments_of(collection, i.attributes, i.categories, followed.facts)
      from kindred.items i
      where i.tenant_id = kindred.tenant() and i.collection_id = collection and i.item_id = any(ids)
      order by i.item_id for share;
  end if;
end $$;

-- An item whose facts changed moves its vectors in the same transaction: they are recent again, and seen by a copy that
-- is being made. embedded_at tells that apart from what the copy has.
create or replace function kindred.move_segments() returns trigger
  language plpgsql security definer set search_path = kindred, public, pg_temp as $$
declare
  one record;
begin
  perform pg_advisory_xact_lock_shared(hashtext('kindred.segments'), new.collection_id);
  for one in select s.vector_table, s.facts, s.facts || s.next as followed from kindred.vector_segments s
    where s.tenant_id = new.tenant_id and s.collection_id = new.collection_id
  loop
    continue when not old.deleted
      and kindred.segments_of(new.collection_id, old.attributes, old.categories, one.followed) is not distinct from
          kindred.segments_of(new.collection_id, new.attributes, new.categories, one.followed);
    execute format('update kindred.%I set segments = $4, recent = true, embedded_at = clock_timestamp()
      where tenant_id = $1 and collection_id = $2 and item_id = $3', one.vector_table)
      using new.tenant_id, new.collection_id, new.item_id,
        kindred.segments_of(new.collection_id, new.attributes, new.categories, one.facts);
  end loop;
  return null;
end $$;
revoke execute on function kindred.move_segments() from public;

-- Prices and stock never get here. A deleted item has no vector to move; one that comes back may have.
create or replace trigger move_segments after update on kindred.items for each row
  when (not new.deleted and (old.deleted or (old.attributes, old.categories) is distinct from (new.attributes, new.categories)))
  execute function kindred.move_segments();

-- How a copy's rows get their segments: from the items of the same snapshot, where there are any to get ($3: the facts).
create or replace function kindred.copied_segments(facts bigint[]) returns text
  language sql immutable
  return case facts when '{}' then 'null' else 'kindred.segments_of(i.collection_id, i.attributes, i.categories, $3)' end;
create or replace function kindred.copied_from(facts bigint[]) returns text
  language sql immutable
  return case facts when '{}' then '' else 'left join kindred.items i
    on i.tenant_id = v.tenant_id and i.collection_id = v.collection_id and i.item_id = v.item_id' end;

-- As before, with the segments of what is copied. False too where their changes are not followed any more.
create or replace function kindred.fill_vector_partition(parent text, collection int, spec jsonb, seen oid)
  returns boolean
  language plpgsql security definer set search_path = kindred, public, pg_temp as $$
declare
  partition text := kindred.own_partition(parent, collection);
  copy text := partition || '_next';
  wanted bigint[] := kindred.spec_facts(collection, spec);
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
  if wanted is distinct from coalesce((select s.next from kindred.vector_segments s
    where s.tenant_id = kindred.tenant() and s.collection_id = collection and s.vector_table = parent), '{}') then
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
  execute format('insert into kindred.%I (tenant_id, collection_id, item_id, revision, content_hash, embedded_at, embedding,
      recent, segments)
    select v.tenant_id, v.collection_id, v.item_id, v.revision, v.content_hash, v.embedded_at, v.embedding, false, %s
      from kindred.%I v %s where v.tenant_id = $1 and v.collection_id = $2',
    copy, kindred.copied_segments(wanted), case when attached then partition else parent || '_default' end,
    kindred.copied_from(wanted)) using kindred.tenant(), collection, wanted;
  return true;
end $$;
revoke execute on function kindred.fill_vector_partition(text, int, jsonb, oid) from public;
grant execute on function kindred.fill_vector_partition(text, int, jsonb, oid) to kindred_service;

-- As before, with the segments of what is copied.
create or replace function kindred.catch_up_vector_partition(parent text, collection int) returns bigint
  language plpgsql security definer set search_path = kindred, public, pg_temp as $$
declare
  partition text := kindred.own_partition(parent, collection);
  copy text := format('kindred.%I', partition || '_next');
  source text;
  wanted bigint[];
  gone bigint;
  fresh bigint;
begin
  perform kindred.lock_build(partition);
  if to_regclass(copy) is null then
    return 0;
  end if;
  source := format('kindred.%I', case when kindred.is_attached(partition) then partition else parent || '_default' end);
  wanted := kindred.spec_facts(collection, obj_description(to_regclass(copy), 'pg_class')::jsonb);
  execute format('delete from %s t where not exists (select from %s s where s.tenant_id = $1 and s.collection_id = $2
    and s.item_id = t.item_id and (s.revision, s.content_hash, s.embedded_at) = (t.revision, t.content_hash, t.embedded_at))',
    copy, source) using kindred.tenant(), collection;
  get diagnostics gone = row_count;
  execute format('insert into %s (tenant_id, collection_id, item_id, revision, content_hash, embedded_at, embedding,
      recent, segments)
    select v.tenant_id, v.collection_id, v.item_id, v.revision, v.content_hash, v.embedded_at, v.embedding, true, %s
      from %s v %s where v.tenant_id = $1 and v.collection_id = $2
       and not exists (select from %s t where t.tenant_id = $1 and t.collection_id = $2 and t.item_id = v.item_id)',
    copy, kindred.copied_segments(wanted), source, kindred.copied_from(wanted), copy)
    using kindred.tenant(), collection, wanted;
  get diagnostics fresh = row_count;
  return gone + fresh;
end $$;
revoke execute on function kindred.catch_up_vector_partition(text, int) from public;
grant execute on function kindred.catch_up_vector_partition(text, int) to kindred_service;
