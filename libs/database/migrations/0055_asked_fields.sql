-- Fields by whose values searches were filtered that a graph of these alone would have served sooner: what a collection
-- that declares no segments has segments of. Why: docs/adr/0033. Days are of UTC, as sessions are.
create table if not exists kindred.asked_fields (
  tenant_id text collate "C" not null,
  collection_id int not null,
  -- The attribute, or "categories".
  field text collate "C" not null,
  day date not null,
  searches bigint not null,
  primary key (tenant_id, collection_id, field, day)
);
select kindred.protect('kindred.asked_fields');
