-- A user's (or session's) taste, recomputed from interaction rows, never incremented. `model` is the vector table.
-- embedding is null while nothing positive has a vector; awaited are items whose vectors were not there yet.
create table if not exists kindred.user_vectors (
  tenant_id text collate "C" not null,
  collection_id int not null,
  user_id text collate "C" not null default '',
  session_id text collate "C" not null default '',
  model text collate "C" not null,
  embedding vector,
  events int not null,
  awaited text[] collate "C" not null default '{}',
  updated_at timestamptz not null default now(),
  primary key (tenant_id, collection_id, user_id, session_id)
);
create index if not exists user_vectors_awaiting on kindred.user_vectors (tenant_id, collection_id) where awaited <> '{}';
select kindred.protect('kindred.user_vectors');

-- Items that the same people liked, best first, with scores in (0, 1]. Rebuilt from interaction rows. A row per item:
-- half a million rows of pairs take ten times as long to write as ten thousand of lists, and to read.
create table if not exists kindred.item_neighbors (
  tenant_id text collate "C" not null,
  collection_id int not null,
  item_id text collate "C" not null,
  neighbor_ids text[] collate "C" not null,
  scores real[] not null,
  primary key (tenant_id, collection_id, item_id)
);
select kindred.protect('kindred.item_neighbors');

-- Time-decayed popularity as a share of the most popular item's, in (0, 1]. Rebuilt from interaction rows.
create table if not exists kindred.item_popularity (
  tenant_id text collate "C" not null,
  collection_id int not null,
  item_id text collate "C" not null,
  score real not null,
  primary key (tenant_id, collection_id, item_id)
);
create index if not exists item_popularity_score on kindred.item_popularity (tenant_id, collection_id, score desc, item_id);
select kindred.protect('kindred.item_popularity');

-- Which collections need their derived tables rebuilt: those with wanted_at > built_from. One process at a time holds
-- the lease; one that dies leaves wanted_at ahead, so another takes over when the lease ends.
create table if not exists kindred.rebuilds (
  tenant_id text collate "C" not null,
  collection_id int not null,
  wanted_at timestamptz not null,
  started_at timestamptz not null default 'epoch',
  built_from timestamptz not null default 'epoch',
  finished_at timestamptz not null default 'epoch',
  leased_until timestamptz not null default 'epoch',
  primary key (tenant_id, collection_id)
);
select kindred.protect('kindred.rebuilds');
