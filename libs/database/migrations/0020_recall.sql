-- Recall of live queries by their approximate index, measured later against an exact search of the same snapshot: sums by
-- collection, share of the items that passed the filter, and hour.
create table if not exists kindred.recall_samples (
  tenant_id text collate "C" not null,
  collection_id int not null,
  band text collate "C" not null,
  hour timestamptz not null,
  queries bigint not null,
  -- Of recall@10, 0-1 each.
  recall_sum double precision not null,
  worst double precision not null,
  -- Queries by an HNSW index, and the sum of (1 - recall) * ef_search over them.
  hnsw_queries bigint not null,
  missed_breadth_sum double precision not null,
  primary key (tenant_id, collection_id, band, hour)
);
select kindred.protect('kindred.recall_samples');
