-- collection_id is unique over all tenants: vector and document tables are partitioned by it alone.
create table if not exists kindred.collections (
  tenant_id text collate "C" not null,
  name text collate "C" not null,
  collection_id int generated always as identity unique,
  attributes jsonb not null default '[]',
  unknown_attributes text not null default 'keep' check (unknown_attributes in ('keep', 'refuse')),
  model text not null default '',
  index_settings jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, name)
);
select kindred.protect('kindred.collections');

-- The live row. A deleted item stays as a tombstone: its revision keeps late upserts out.
-- arrival breaks ties between revisions that were stamped within one millisecond; 0 where the source gave the revision.
create table if not exists kindred.items (
  tenant_id text collate "C" not null,
  collection_id int not null,
  item_id text collate "C" not null,
  revision bigint not null,
  arrival bigint not null default 0,
  deleted boolean not null default false,
  hidden boolean not null default false,
  title text not null default '',
  body text not null default '',
  image_url text not null default '',
  price double precision,
  stock bigint,
  categories text[] not null default '{}',
  attributes jsonb not null default '{}',
  -- SHA-256 of the text that is searched and embedded; tells whether a vector is stale.
  content_hash bytea not null default '',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, collection_id, item_id)
);
create index if not exists items_price on kindred.items (tenant_id, collection_id, price);
-- No GIN index on attributes: @> is not leakproof, so row-level security would keep every service from it (seen in plans).
-- The few rows that no search shows: cheaper to leave out than to join all the others.
create index if not exists items_unlisted on kindred.items (tenant_id, collection_id, item_id) where hidden or deleted;
select kindred.protect('kindred.items');

-- Search terms of an item, made by the analyzer of libs/vector-index. Partitioned by collection:
-- small collections share the default partition and are scored exactly, large ones get a BM25 index of their own.
create table if not exists kindred.documents (
  tenant_id text collate "C" not null,
  collection_id int not null,
  item_id text collate "C" not null,
  -- Terms in order; what a BM25 index reads. Moved out of line first: exact scoring reads `terms` alone.
  tokens text not null,
  terms tsvector storage main not null,
  -- Occurrences of terms, and the same rounded as a BM25 index stores it.
  length int not null,
  rounded_length int not null,
  primary key (tenant_id, collection_id, item_id) include (length)
) partition by list (collection_id);
create table if not exists kindred.documents_default partition of kindred.documents default;
select kindred.protect('kindred.documents');
select kindred.protect('kindred.documents_default');
