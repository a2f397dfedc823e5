import type { Database } from '@kindred/database';

export interface Watched {
  tenant_id: string;
  collection: string;
}

/** Collections whose vectors have a partition of their own, or that name a kind of index. */
export function findIndexed(database: Database): Promise<Watched[]> {
  return database.query<Watched>(
    { maintenance: 'find-vector-indexes', readOnly: true },
    `select distinct c.tenant_id, c.name as collection
       from kindred.collections c
       join kindred.collection_models r on r.tenant_id = c.tenant_id and r.collection_id = c.collection_id
       join kindred.models m on m.tenant_id = r.tenant_id and m.name = r.name and m.version = r.version
      where c.index_settings ->> 'kind' in ('hnsw', 'ivfflat')
         or to_regclass('kindred.' || m.vector_table || '_c' || c.collection_id) is not null
         or to_regclass('kindred.' || m.vector_table || '_c' || c.collection_id || '_next') is not null
      order by 1, 2`,
  );
}

/** Drops the partitions of deleted collections, and what was half built of them. */
export async function dropStrayPartitions(database: Database): Promise<void> {
  await database.query({ maintenance: 'find-vector-indexes' }, 'select kindred.drop_stray_partitions()');
}
