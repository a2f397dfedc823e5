-- Which text an answer was for, by its request id: clicks name the request that caused them, and so judge the answers to it.
create table if not exists kindred.asked_requests (
  tenant_id text collate "C" not null,
  request_id text collate "C" not null,
  collection_id int not null,
  query text collate "C" not null,
  asked_at timestamptz not null default now(),
  primary key (tenant_id, request_id)
);
create index if not exists asked_requests_age on kindred.asked_requests (tenant_id, collection_id, asked_at desc);
select kindred.protect('kindred.asked_requests');

create index if not exists interactions_request
  on kindred.interactions (tenant_id, request_id) where request_id is not null;
