-- How the collection's texts are searched: synonyms, stop_words, dense_weight, dense_weight_source.
alter table kindred.collections add column if not exists search_settings jsonb not null default '{}';

-- The words and phrases that a collection's items have, with the number of items: what typing errors are mended by and what
-- is suggested while typing. Derived from kindred.items and rebuilt as a whole by ingestion: one row per collection.
create table if not exists kindred.vocabularies (
  tenant_id text collate "C" not null,
  collection_id int not null,
  -- Of the items it was made of; another one now means that it is behind.
  items_state text collate "C" not null,
  -- Of the rows of kindred.documents (libs/vector-index/src/document.store.ts).
  documents_version int not null,
  -- Sorted lines of word, items, items with it in the title; and of phrase, items; each divided by tabs.
  words text collate "C" not null,
  phrases text collate "C" not null,
  built_at timestamptz not null default now(),
  -- How long the rebuild took: the next one waits many times as long.
  took_ms double precision not null,
  primary key (tenant_id, collection_id)
);
select kindred.protect('kindred.vocabularies');

-- Ids of one collection's documents that match, by the GIN index of its partition where it has one. As the migrator, and
-- naming the tenant itself, for the same reason as matching_documents.
create or replace function kindred.documents_with(collection int, query tsquery) returns setof text
  language plpgsql stable security definer set search_path = kindred, public, pg_temp as $$
begin
  return query select d.item_id::text from kindred.documents d
    where d.tenant_id = kindred.tenant() and d.collection_id = collection and d.terms @@ query;
end $$;
revoke execute on function kindred.documents_with(int, tsquery) from public;
grant execute on function kindred.documents_with(int, tsquery) to kindred_service;
