-- Named records of which item revisions and interactions a training or an evaluation used. The formula of `hash` is in
-- docs/datasets.md; '' is a dataset that is still being written, which only its own transaction sees.
create table if not exists kindred.datasets (
  tenant_id text collate "C" not null,
  name text collate "C" not null,
  dataset_id bigint generated always as identity unique,
  collection_id int not null,
  hash text collate "C" not null default '',
  items bigint not null default 0,
  interactions bigint not null default 0,
  description text not null default '',
  created_at timestamptz not null default now(),
  primary key (tenant_id, name)
);
create index if not exists datasets_content on kindred.datasets (tenant_id, collection_id, hash);
select kindred.protect('kindred.datasets');

create table if not exists kindred.dataset_items (
  tenant_id text collate "C" not null,
  dataset_id bigint not null,
  item_id text collate "C" not null,
  revision bigint not null,
  primary key (tenant_id, dataset_id, item_id)
);
select kindred.protect('kindred.dataset_items');

-- Event ids may point at a person: erasing a user deletes these rows too, and verifying says how many are gone.
create table if not exists kindred.dataset_interactions (
  tenant_id text collate "C" not null,
  dataset_id bigint not null,
  event_id text collate "C" not null,
  primary key (tenant_id, dataset_id, event_id)
);
select kindred.protect('kindred.dataset_interactions');

-- Rows go with an erased user or a deleted collection, but never change, whoever asks.
create or replace function kindred.refuse_dataset_change() returns trigger
  language plpgsql as $$
begin
  raise exception 'datasets do not change: make a new one' using errcode = 'insufficient_privilege';
end $$;
create or replace trigger unchanging before update on kindred.datasets
  for each row when (old.hash <> '') execute function kindred.refuse_dataset_change();
create or replace trigger unchanging before update on kindred.dataset_items
  for each row execute function kindred.refuse_dataset_change();
create or replace trigger unchanging before update on kindred.dataset_interactions
  for each row execute function kindred.refuse_dataset_change();
