-- Whether any taste is of another model than its collection is searched by is asked every few seconds: without looking at all.
create index if not exists user_vectors_by_model on kindred.user_vectors (tenant_id, collection_id, model);
