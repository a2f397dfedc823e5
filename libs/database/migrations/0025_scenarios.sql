-- How places of a shop recommend, as declared; the built-in ones are not stored.
create table if not exists kindred.scenarios (
  tenant_id text collate "C" not null,
  collection_id int not null,
  name text collate "C" not null,
  settings jsonb not null,
  updated_at timestamptz not null default now(),
  primary key (tenant_id, collection_id, name)
);
select kindred.protect('kindred.scenarios');

-- Items that go with an item in another sense than taste (kindred.item_neighbors): viewed, bought by the same people, or
-- met next. Best first, scores in (0, 1]. Rebuilt from interaction rows, with the neighbors.
create table if not exists kindred.item_companions (
  tenant_id text collate "C" not null,
  collection_id int not null,
  -- "viewed", "bought" or "next".
  kind text collate "C" not null,
  item_id text collate "C" not null,
  neighbor_ids text[] collate "C" not null,
  scores real[] not null,
  primary key (tenant_id, collection_id, kind, item_id)
);
select kindred.protect('kindred.item_companions');

-- What happened lately, whoever did it.
create index if not exists interactions_time on kindred.interactions (tenant_id, collection_id, occurred_at desc);

-- New items, newest first.
create index if not exists items_created on kindred.items (tenant_id, collection_id, created_at desc, item_id)
  where not hidden and not deleted;
