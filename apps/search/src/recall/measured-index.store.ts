import type { IndexRecall, LiveRecall, MeasuredIndex } from '@kindred/contracts';
import type { Sql } from '@kindred/database';
import { builtIndex, type IndexRow, readIndexes, readLiveRecall } from '@kindred/vector-index';

interface Row {
  collection: string;
  model: string;
  breadths: IndexRecall['breadths'];
  probes: number;
  rows: bigint;
  measuredAt: Date;
  collectionId: number;
  partition: string;
}

/** What was measured of the indexes in use: of the collection, or of all for an empty name. */
export async function readMeasuredIndexes(sql: Sql, collection: string): Promise<MeasuredIndex[]> {
  const rows = await sql.query<Row>(
    `select c.name as collection, m.name || '@' || m.version as model, r.points as breadths, r.probes, r.rows,
       r.measured_at as "measuredAt", r.collection_id as "collectionId", t.relname::text as partition
       from kindred.index_recall r
       join kindred.collections c on c.tenant_id = r.tenant_id and c.collection_id = r.collection_id
       join pg_class t on t.oid = r.partition
       join pg_inherits h on h.inhrelid = t.oid
       join kindred.models m on m.tenant_id = r.tenant_id and t.relname = m.vector_table || '_c' || r.collection_id
      where r.tenant_id = kindred.tenant() and ($1 = '' or c.name = $1)
      order by 1, 2`,
    [collection],
  );
  const indexes = await readIndexes(
    sql,
    rows.map(({ partition }) => partition),
  );
  const measured: MeasuredIndex[] = [];
  for (const { collection: name, model, collectionId, partition, ...recall } of rows) {
    measured.push({ collection: name, model, recall, live: await liveOf(sql, { collectionId, partition }, indexes) });
  }
  return measured;
}

async function liveOf(
  sql: Sql,
  { collectionId, partition }: Pick<Row, 'collectionId' | 'partition'>,
  indexes: readonly IndexRow[],
): Promise<LiveRecall | undefined> {
  const built = builtIndex(indexes, partition);
  if (built?.spec.method !== 'hnsw') return undefined;
  const live = await readLiveRecall(sql, collectionId, { partition, spec: built.spec });
  return live && { breadths: live.points, queries: BigInt(live.queries) };
}
