-- What an HNSW index finds, measured when it was built: mean recall@10 of probes by breadth. Of a partition's oid, so that a
-- curve never speaks for another index than the one it was measured on.
create table if not exists kindred.index_recall (
  tenant_id text collate "C" not null,
  collection_id int not null,
  partition oid not null,
  measured_at timestamptz not null default now(),
  -- Vectors in the index, and how many queries were asked.
  rows bigint not null,
  probes int not null,
  -- [{"efSearch": 40, "recall": 0.97, "error": 0.01}], ascending; error: standard error of the mean.
  points jsonb not null,
  primary key (tenant_id, collection_id, partition)
);
select kindred.protect('kindred.index_recall');
