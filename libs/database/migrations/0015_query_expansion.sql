-- Name of the word model whose nearest words widen text queries; empty: none.
alter table kindred.collections add column if not exists expansion_model text not null default '';
