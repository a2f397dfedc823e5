-- Facts of the tree of categories: of "a/b/c" that it is under "a", "a/b" and "a/b/c", so that the filter "a/b/" is one
-- fact, found by the index and given a graph of its own (docs/adr/0029).
create or replace function kindred.item_facts(collection int, attributes jsonb, categories text[]) returns bigint[]
  language plpgsql immutable parallel safe set search_path = kindred, public, pg_temp as $$
declare
  category text;
  slash int;
  trees bigint[] := '{}';
begin
  -- A loop: as a part of the query below, by generate_series, it takes eight times as long as all of this.
  foreach category in array coalesce(categories, '{}') loop
    slash := 0;
    loop
      slash := slash + nullif(position('/' in substr(category, slash + 1)), 0);
      exit when slash is null;
      trees := trees || kindred.fact(collection, '@under', to_jsonb(left(category, slash - 1)));
    end loop;
    trees := trees || kindred.fact(collection, '@under', to_jsonb(category));
  end loop;
  return trees || array(
    select kindred.fact(collection, a.key, a.value) from jsonb_each(attributes) a
     where jsonb_typeof(a.value) not in ('array', 'object', 'null')
    union all
    select kindred.fact(collection, a.key, e.value) from jsonb_each(attributes) a
     cross join lateral jsonb_array_elements(case jsonb_typeof(a.value) when 'array' then a.value else '[]' end) e
    union all
    select kindred.fact(collection, '@categories', to_jsonb(c)) from unnest(categories) c);
end $$;

-- What the index holds was made by the function before. Whoever writes items waits meanwhile.
reindex index kindred.items_facts;
