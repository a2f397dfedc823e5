-- Who began a run, and whether it was left before its end: the schedule resumes its own. An attempt is one process's work on
-- the run: a process that was taken for dead and wakes up must not go on beside the one that resumed it.
alter table kindred.training_runs add column if not exists scheduled boolean not null default false;
alter table kindred.training_runs add column if not exists interrupted boolean not null default false;
alter table kindred.training_runs add column if not exists attempt int not null default 1;
-- The schedule asks each minute whether anything came since; events come about in this order.
create index if not exists interactions_received on kindred.interactions using brin (received_at) with (autosummarize = on);
