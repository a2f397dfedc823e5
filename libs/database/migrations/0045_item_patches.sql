-- A patch merges into the row, in the order of the log: the row says up to where in the log it is. Patches leave its revision,
-- which is the source's, and are counted beside it, so that every change is seen. waited: receipts of the last patches that a
-- caller waits for.
alter table kindred.items
  add column if not exists log_offset bigint not null default -1,
  add column if not exists logged_at bigint not null default 0,
  add column if not exists patches bigint not null default 0,
  add column if not exists waited bigint[] not null default '{}';
