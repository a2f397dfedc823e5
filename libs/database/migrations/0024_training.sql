-- Trainings of item factors. A run holds a lease while it works; one whose process died is found by its lease, and marked
-- failed. What a run has learned is kept after every epoch, so that another can go on from there.
create table if not exists kindred.training_runs (
  tenant_id text collate "C" not null,
  collection_id int not null,
  run_id bigint generated always as identity unique,
  state text not null default 'running' check (state in ('running', 'failed', 'activated', 'kept')),
  -- Why it failed, or why the active model was kept.
  reason text not null default '',
  settings jsonb not null,
  dataset text not null default '',
  dataset_hash text not null default '',
  -- Of the data: users, items, pairs, excluded people and events, bytes of memory.
  facts jsonb not null default '{}',
  metrics jsonb not null default '{}',
  epoch int not null default 0,
  loss double precision,
  started_at timestamptz not null default now(),
  finished_at timestamptz,
  leased_until timestamptz not null default now() + interval '1 minute',
  primary key (tenant_id, collection_id, run_id)
);
-- Two trainings of one collection would only compete.
create unique index if not exists training_runs_one on kindred.training_runs (tenant_id, collection_id) where state = 'running';
select kindred.protect('kindred.training_runs');

-- Item factors are all that an epoch hands to the next: users are solved from them. Float32, little-endian, item by item.
create table if not exists kindred.training_checkpoints (
  tenant_id text collate "C" not null,
  collection_id int not null,
  run_id bigint not null,
  epoch int not null,
  item_ids text[] collate "C" not null,
  factors bytea not null,
  primary key (tenant_id, collection_id, run_id)
);
select kindred.protect('kindred.training_checkpoints');

-- A registered model of factors; its version is its run. At most one per collection is active.
create table if not exists kindred.factor_models (
  tenant_id text collate "C" not null,
  collection_id int not null,
  version bigint not null,
  active boolean not null default false,
  dimensions int not null,
  unobserved double precision not null,
  regularization double precision not null,
  exponent double precision not null,
  item_count int not null,
  -- Eigenvalues of the Gramian of the item factors, which stand in its principal axes.
  spectrum double precision[] not null,
  metrics jsonb not null,
  dataset text not null,
  dataset_hash text not null,
  created_at timestamptz not null default now(),
  primary key (tenant_id, collection_id, version)
);
create unique index if not exists factor_models_active on kindred.factor_models (tenant_id, collection_id) where active;
select kindred.protect('kindred.factor_models');

create table if not exists kindred.item_factors (
  tenant_id text collate "C" not null,
  collection_id int not null,
  version bigint not null,
  item_id text collate "C" not null,
  factors vector not null,
  primary key (tenant_id, collection_id, version, item_id)
);
select kindred.protect('kindred.item_factors');
