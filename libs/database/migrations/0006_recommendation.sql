-- A user's (or session's) taste, recomputed from interaction rows, never incremented.
create table if not exists kindred.user_vectors (
  tenant_id text collate "C" not null,
  collection_id int not null,
  user_id text collate "C" not null default '',
  session_id text collate "C" not null default '',
  model text collate "C" not null,
  embedding vector not null,
  events int not null,
  updated_at timestamptz not null default now(),
  primary key (tenant_id, collection_id, user_id, session_id)
);
select kindred.protect('kindred.user_vectors');

-- Items that the same people liked, with a shrunken cosine. Rebuilt from interaction rows.
create table if not exists kindred.item_neighbors (
  tenant_id text collate "C" not null,
  collection_id int not null,
  item_id text collate "C" not null,
  neighbor_id text collate "C" not null,
  score real not null,
  primary key (tenant_id, collection_id, item_id, neighbor_id)
);
select kindred.protect('kindred.item_neighbors');

-- Time-decayed popularity, rebuilt from interaction rows.
create table if not exists kindred.item_popularity (
  tenant_id text collate "C" not null,
  collection_id int not null,
  item_id text collate "C" not null,
  score real not null,
  primary key (tenant_id, collection_id, item_id)
);
create index if not exists item_popularity_score on kindred.item_popularity (tenant_id, collection_id, score desc);
select kindred.protect('kindred.item_popularity');
