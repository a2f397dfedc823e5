-- By which version of the program the lists of a collection were made; those of an older one are made anew.
alter table kindred.rebuilds add column if not exists version int not null default 0;

comment on table kindred.item_companions is
  'Lists of kinds "viewed", "bought" and "next", and "regressed": what items say of others given the rest of what a person did';
