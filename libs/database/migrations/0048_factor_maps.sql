-- How items that a model of factors was not trained on get factors of what is known of them. One per model, where it pays.
create table if not exists kindred.factor_maps (
  tenant_id text collate "C" not null,
  collection_id int not null,
  version bigint not null,
  -- Names of the features that count, in the order of their rows, and where the values of numbers are cut.
  traits text[] not null,
  cuts jsonb not null,
  -- float32, little-endian: traits x dimensions.
  by_trait bytea storage external not null,
  -- The table of content vectors that count too, and its dimensions x dimensions; null: they do not.
  content_table text collate "C",
  by_content bytea storage external,
  primary key (tenant_id, collection_id, version)
);
select kindred.protect('kindred.factor_maps');
