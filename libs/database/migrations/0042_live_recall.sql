-- What live queries without a filter find by breadth: sums of recall@10 by hour. Of an index of one shape, so that another
-- model's, or one with other links, begins anew.
create table if not exists kindred.live_recall (
  tenant_id text collate "C" not null,
  collection_id int not null,
  -- Partition, element, distance and links.
  index_shape text collate "C" not null,
  hour timestamptz not null,
  ef_search int not null,
  queries bigint not null,
  -- Of recall@10, 0-1 each, and of its squares.
  recall_sum double precision not null,
  recall_squares double precision not null,
  primary key (tenant_id, collection_id, index_shape, hour, ef_search)
);
select kindred.protect('kindred.live_recall');
-- One breadth's misses say too little of another breadth: nothing reads these any more. Releases before still do.
alter table kindred.recall_samples alter column hnsw_queries set default 0;
alter table kindred.recall_samples alter column missed_breadth_sum set default 0;
