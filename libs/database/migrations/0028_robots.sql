-- Who had more events within a minute than a person has, as the last rebuild of the collection found them: what they did is kept
-- out of everything that is made of what people do.
create table if not exists kindred.robots (
  tenant_id text collate "C" not null,
  collection_id int not null,
  -- "u" and a user, or "s" and a session that belongs to none.
  owner text collate "C" not null,
  -- All of theirs, impressions aside.
  events int not null,
  primary key (tenant_id, collection_id, owner)
);
select kindred.protect('kindred.robots');
