-- Files of models that were trained or imported here, cut into parts of 4 MiB: PostgreSQL holds a value in memory whole.
-- The hash is that of all parts together, SHA-256 in hex, so equal artifacts are stored once per tenant.
create table if not exists kindred.model_artifacts (
  tenant_id text collate "C" not null,
  artifact_hash text collate "C" not null,
  part int not null,
  bytes bytea storage external not null,
  primary key (tenant_id, artifact_hash, part)
);
select kindred.protect('kindred.model_artifacts');
