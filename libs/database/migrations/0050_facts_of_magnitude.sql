-- Facts of numbers, days and places at several magnitudes each, so that the index which finds values finds ranges,
-- circles and boxes too: a range is a list of facts, as an `in` is (docs/adr/0030).

-- Place of a number among 2^19 codes, in order: sign, 64 powers of two from 2^-15 on, 12 bits of the fraction. Smaller ones
-- count as 0, larger ones as the largest: two numbers may share a code, none changes places.
create or replace function kindred.number_code(value numeric) returns int
  language plpgsql immutable strict parallel safe as $$
declare
  bits bytea := float8send(case when abs(value) < 1e-300 then 0 else greatest(-1e300, least(1e300, value)) end::float8);
  code int := (get_byte(bits, 0) & 127) * 65536 + get_byte(bits, 1) * 256 + get_byte(bits, 2) - 4128768;
begin
  code := greatest(0, least(262143, code));
  return case when get_byte(bits, 0) < 128 then code else -1 - code end;
end $$;

-- Days since 2000 of what begins like "2026-01-31"; null for any other text.
create or replace function kindred.day_code(value text) returns int
  language plpgsql immutable strict parallel safe as $$
begin
  if value !~ '^(?!0000)\d{4}-(0[1-9]|1[0-2])-\d\d' then
    return null;
  end if;
  return greatest(-262144, least(262143, make_date(left(value, 4)::int, substr(value, 6, 2)::int, 1) - date '2000-01-01'
    + substr(value, 9, 2)::int - 1));
end $$;

-- The instant that a stored text says; null where it says none (declared as a time later than stored).
create or replace function kindred.instant(value text) returns timestamptz
  language sql stable parallel safe
  return case when value ~ '^\d{4}-\d\d-\d\d([T t]|$)' and pg_input_is_valid(value, 'timestamptz') then value::timestamptz end;

-- Of a JSON value; null where it has none.
create or replace function kindred.code(value jsonb) returns int
  language plpgsql immutable strict parallel safe as $$
begin
  case jsonb_typeof(value)
    when 'number' then return kindred.number_code(value::numeric);
    when 'string' then return kindred.day_code(value #>> '{}');
    else return null;
  end case;
end $$;

-- The code, and the 64 and 4,096 codes that it is among.
create or replace function kindred.code_facts(seed bigint, code int) returns bigint[]
  language sql immutable parallel safe
  return array[hashint8extended(code, seed), hashint8extended(code >> 6, seed # 1), hashint8extended(code >> 12, seed # 2)];

-- A cell of the Earth, which is divided into 2^level columns and as many rows. -180 and 180 are one meridian, a pole is one point.
create or replace function kindred.place_fact(seed bigint, longitude float8, latitude float8, level int) returns bigint
  language sql immutable parallel safe
  return hashint8extended(
    least(floor((latitude + 90) / 180 * (1 << level))::bigint, (1 << level) - 1) * 65536
      + case when abs(latitude) = 90 then 0 else floor((longitude + 180) / 360 * (1 << level))::bigint % (1 << level) end,
    seed # level);

-- Of what may be a place, [longitude, latitude] in degrees, its cells; of anything else none.
create or replace function kindred.place_facts(collection int, field text, value jsonb) returns bigint[]
  language plpgsql immutable parallel safe as $$
declare
  seed bigint := hashtextextended(field || '@', collection);
  longitude float8;
  latitude float8;
begin
  if jsonb_array_length(value) <> 2 or jsonb_typeof(value -> 0) <> 'number' or jsonb_typeof(value -> 1) <> 'number' then
    return '{}';
  end if;
  if abs((value -> 0)::numeric) > 180 or abs((value -> 1)::numeric) > 90 then
    return '{}';
  end if;
  longitude := value -> 0;
  latitude := value -> 1;
  return array[kindred.place_fact(seed, longitude, latitude, 4), kindred.place_fact(seed, longitude, latitude, 7),
    kindred.place_fact(seed, longitude, latitude, 10), kindred.place_fact(seed, longitude, latitude, 13),
    kindred.place_fact(seed, longitude, latitude, 16)];
end $$;

create or replace function kindred.value_facts(collection int, field text, value jsonb) returns bigint[]
  language plpgsql immutable parallel safe as $$
declare
  facts bigint[] := array[kindred.fact(collection, field, value)];
  code int := kindred.code(value);
begin
  if code is not null then
    facts := facts || kindred.code_facts(hashtextextended(field || '#', collection), code);
  end if;
  return facts;
end $$;

create or replace function kindred.item_facts(collection int, attributes jsonb, categories text[]) returns bigint[]
  language plpgsql immutable parallel safe set search_path = kindred, public, pg_temp as $$
declare
  category text;
  field text;
  value jsonb;
  slash int;
  facts bigint[] := '{}';
begin
  -- Loops: as parts of one query, by generate_series, they take several times as long.
  foreach category in array coalesce(categories, '{}') loop
    slash := 0;
    loop
      slash := slash + nullif(position('/' in substr(category, slash + 1)), 0);
      exit when slash is null;
      facts := facts || kindred.fact(collection, '@under', to_jsonb(left(category, slash - 1)));
    end loop;
    facts := facts || kindred.fact(collection, '@under', to_jsonb(category))
      || kindred.fact(collection, '@categories', to_jsonb(category));
  end loop;
  for field, value in
    select a.key, a.value from jsonb_each(attributes) a where jsonb_typeof(a.value) not in ('array', 'object', 'null')
    union all
    select a.key, e.value from jsonb_each(attributes) a
      cross join lateral jsonb_array_elements(case jsonb_typeof(a.value) when 'array' then a.value else '[]' end) e
  loop
    facts := facts || kindred.value_facts(collection, field, value);
  end loop;
  for field, value in select a.key, a.value from jsonb_each(attributes) a where jsonb_typeof(a.value) = 'array' loop
    facts := facts || kindred.place_facts(collection, field, value);
  end loop;
  return facts;
end $$;

-- Facts of which an item with a value from `low` to `high` has one: numbers, or times like "2026-01-31T12:00:00Z"; null
-- leaves a side open. At most 63 + 63 at both magnitudes below and 128 at the top. Of times whatever their offset: a day more on each side.
create or replace function kindred.range_facts(collection int, field text, low jsonb, high jsonb) returns bigint[]
  language plpgsql immutable parallel safe set search_path = kindred, public, pg_temp as $$
declare
  seed bigint := hashtextextended(field || '#', collection);
  slack int := case when 'string' in (jsonb_typeof(low), jsonb_typeof(high)) then 1 else 0 end;
  code int := greatest(coalesce(kindred.code(low) - slack, -262144), -262144);
  last int := greatest(code, least(coalesce(kindred.code(high) + slack, 262143), 262143));
  facts bigint[] := '{}';
begin
  while code <= last loop
    if (code & 4095) = 0 and code + 4095 <= last then
      facts := facts || hashint8extended(code >> 12, seed # 2);
      code := code + 4096;
    elsif (code & 63) = 0 and code + 63 <= last then
      facts := facts || hashint8extended(code >> 6, seed # 1);
      code := code + 64;
    else
      facts := facts || hashint8extended(code, seed);
      code := code + 1;
    end if;
  end loop;
  return facts;
end $$;

-- Facts of which a place in the box has one, at most 258: the smallest cells of which so many cover it. Degrees; a box whose
-- west is east of its east spans the antimeridian.
create or replace function kindred.box_facts(collection int, field text, south float8, north float8, west float8, east float8)
  returns bigint[]
  language plpgsql immutable parallel safe set search_path = kindred, public, pg_temp as $$
declare
  seed bigint := hashtextextended(field || '@', collection);
  level int;
  cells int;
  low int;
  high int;
  start int;
  columns int;
begin
  foreach level in array array[16, 13, 10, 7, 4] loop
    cells := 1 << level;
    low := least(floor((south + 90) / 180 * cells), cells - 1);
    high := least(floor((north + 90) / 180 * cells), cells - 1);
    start := floor((west + 180) / 360 * cells);
    columns := least(floor((east + 180) / 360 * cells) - start + case when west > east then cells else 0 end + 1, cells);
    exit when (high - low + 1)::bigint * columns <= 256;
  end loop;
  return array(
    select hashint8extended(y * 65536::bigint + x % cells, seed # level)
      from generate_series(low, high) y, generate_series(start, start + columns - 1) x
    -- All meridians meet at a pole, which is in the first column.
    union select hashint8extended(low * 65536::bigint, seed # level) where south = -90
    union select hashint8extended(high * 65536::bigint, seed # level) where north = 90);
end $$;

-- As before, but always by the index over facts: where statistics are not there yet, PostgreSQL would rather take all items of
-- the collection by their key, and find the facts of each. A list that goes without facts that all have is asked for alone:
-- for an empty array a GIN index is read as a whole.
create or replace function kindred.items_with(collection int, all_of bigint[], any_of bigint[], most int)
  returns table (item_id text, deleted boolean, hidden boolean, title text, price double precision, stock bigint,
    categories text[], attributes jsonb, created_at timestamptz, updated_at timestamptz)
  language plpgsql stable rows 1000 security definer set search_path = kindred, public, pg_temp set enable_seqscan = off as $$
begin
  if cardinality(any_of) = 0 then
    return query select i.item_id, i.deleted, i.hidden, i.title, i.price, i.stock, i.categories, i.attributes, i.created_at,
        i.updated_at
      from kindred.items i
      where i.tenant_id || '' = kindred.tenant() and i.collection_id + 0 = collection
        and kindred.item_facts(i.collection_id, i.attributes, i.categories) @> all_of limit most;
  elsif cardinality(all_of) = 0 then
    return query select i.item_id, i.deleted, i.hidden, i.title, i.price, i.stock, i.categories, i.attributes, i.created_at,
        i.updated_at
      from kindred.items i
      where i.tenant_id || '' = kindred.tenant() and i.collection_id + 0 = collection
        and kindred.item_facts(i.collection_id, i.attributes, i.categories) && any_of limit most;
  else
    return query select i.item_id, i.deleted, i.hidden, i.title, i.price, i.stock, i.categories, i.attributes, i.created_at,
        i.updated_at
      from kindred.items i
      where i.tenant_id || '' = kindred.tenant() and i.collection_id + 0 = collection
        and kindred.item_facts(i.collection_id, i.attributes, i.categories) @> all_of
        and kindred.item_facts(i.collection_id, i.attributes, i.categories) && any_of limit most;
  end if;
end $$;

-- What was written last is a list that every search reads to its end, 4 MB of it if nothing is said: 34 ms, and 1 of 256 kB.
alter index kindred.items_facts set (gin_pending_list_limit = 256);

-- What the index holds was made by the function before. Whoever writes items waits meanwhile.
reindex index kindred.items_facts;
