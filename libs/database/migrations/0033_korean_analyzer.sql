-- What the documents of a collection were analyzed by beside pairs of characters (libs/vector-index/src/text/vocabulary.store.ts):
-- '' for nothing, 'garu-ko 0.3.7', 'mixed', or 'to ...' while they are rewritten.
alter table kindred.vocabularies add column if not exists documents_analyzer text collate "C" not null default '';
