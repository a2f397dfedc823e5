-- What an item may be found by, one number per field and value: an index over these serves filters of every collection.

-- The seed keeps collections, and so tenants, apart. Numbers are equal whatever their scale; strings are told from numbers.
create or replace function kindred.fact(collection int, field text, value jsonb) returns bigint
  language sql immutable parallel safe
  return hashtextextended(
    field || case jsonb_typeof(value) when 'number' then ':' || trim_scale(value::numeric)::text else '=' || value::text end,
    collection);

-- A function in SQL would be planned for every row of an index build: plpgsql keeps its plan.
create or replace function kindred.item_facts(collection int, attributes jsonb, categories text[]) returns bigint[]
  language plpgsql immutable parallel safe set search_path = kindred, public, pg_temp as $$
begin
  return array(
    select kindred.fact(collection, a.key, a.value) from jsonb_each(attributes) a
     where jsonb_typeof(a.value) not in ('array', 'object', 'null')
    union all
    select kindred.fact(collection, a.key, e.value) from jsonb_each(attributes) a
     cross join lateral jsonb_array_elements(case jsonb_typeof(a.value) when 'array' then a.value else '[]' end) e
    union all
    select kindred.fact(collection, '@categories', to_jsonb(c)) from unnest(categories) c);
end $$;

create index if not exists items_facts on kindred.items
  using gin (kindred.item_facts(collection_id, attributes, categories));

-- Items of one collection that have all facts of one list and one of the other, at most so many: what a filter may look at,
-- so that none is looked up again. Row-level security keeps services from the index (neither operator is leakproof), so
-- this runs as the migrator and names the tenant itself.
create or replace function kindred.items_with(collection int, all_of bigint[], any_of bigint[], most int)
  returns table (item_id text, deleted boolean, hidden boolean, title text, price double precision, stock bigint,
    categories text[], attributes jsonb, created_at timestamptz, updated_at timestamptz)
  language plpgsql stable rows 1000 security definer set search_path = kindred, public, pg_temp as $$
begin
  if cardinality(any_of) = 0 then
    return query select i.item_id, i.deleted, i.hidden, i.title, i.price, i.stock, i.categories, i.attributes, i.created_at,
        i.updated_at
      from kindred.items i
      where i.tenant_id = kindred.tenant() and i.collection_id = collection
        and kindred.item_facts(i.collection_id, i.attributes, i.categories) @> all_of limit most;
  else
    return query select i.item_id, i.deleted, i.hidden, i.title, i.price, i.stock, i.categories, i.attributes, i.created_at,
        i.updated_at
      from kindred.items i
      where i.tenant_id = kindred.tenant() and i.collection_id = collection
        and kindred.item_facts(i.collection_id, i.attributes, i.categories) @> all_of
        and kindred.item_facts(i.collection_id, i.attributes, i.categories) && any_of limit most;
  end if;
end $$;
revoke execute on function kindred.items_with(int, bigint[], bigint[], int) from public;
grant execute on function kindred.items_with(int, bigint[], bigint[], int) to kindred_service;
