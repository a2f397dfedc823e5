-- Experiments on scenarios. A name is taken for good: what was counted under it is not mixed with what comes later.
create table if not exists kindred.experiments (
  tenant_id text collate "C" not null,
  collection_id int not null,
  name text collate "C" not null,
  scenario text collate "C" not null,
  settings jsonb not null,
  -- Hashed with whom is assigned: so other experiments split the same people otherwise.
  salt text not null,
  state text not null default 'running' check (state in ('running', 'stopped')),
  reason text not null default '',
  -- Why a guardrail took an arm out, by arm.
  halted jsonb not null default '{}',
  started_at timestamptz not null default now(),
  stopped_at timestamptz,
  -- When guardrails were looked at: whoever moves it on looks.
  checked_at timestamptz not null default now(),
  primary key (tenant_id, collection_id, name)
);
create unique index if not exists experiments_one
  on kindred.experiments (tenant_id, collection_id, scenario) where state = 'running';
select kindred.protect('kindred.experiments');

-- The log of recommendations: what was shown to whom, by which arm. One row per answer; a repeated request is one answer.
create table if not exists kindred.recommended (
  tenant_id text collate "C" not null,
  collection_id int not null,
  request_id text collate "C" not null,
  -- "recommend", "similar", "personalize" or "next".
  call text collate "C" not null,
  scenario text collate "C" not null,
  -- How many hits the pages before it had.
  first_position int not null,
  asked_at timestamptz not null default now(),
  -- Empty: no experiment.
  experiment text collate "C" not null default '',
  arm text collate "C" not null default '',
  -- Who was assigned: "u" and a user, "s" and a session, "h" and the users of a household as JSON; empty: nobody.
  unit text collate "C" not null,
  -- The users of a household.
  members text[] collate "C",
  item_ids text[] collate "C" not null,
  -- Of an interleaved page: which arm each item came from, 0 or 1.
  teams smallint[],
  -- For replay: what else could have been shown.
  candidates jsonb,
  primary key (tenant_id, collection_id, request_id, call, scenario, first_position, unit)
);
create index if not exists recommended_experiment
  on kindred.recommended (tenant_id, collection_id, experiment) where experiment <> '';
create index if not exists recommended_age on kindred.recommended (tenant_id, asked_at);
-- Erasure finds a person's answers by these.
create index if not exists recommended_unit on kindred.recommended (tenant_id, unit) where unit <> '';
create index if not exists recommended_households on kindred.recommended (tenant_id) where members is not null;
select kindred.protect('kindred.recommended');
