import type { RecallPoint } from '@kindred/contracts';
import type { Sql } from '@kindred/database';
import type { Band } from './selectivity-band.ts';

export interface RecallSample {
  collectionId: number;
  band: Band;
  /** recall@10, 0-1. */
  recall: number;
}

const keptDays = 90;

/** Adds the sample to its hour, and forgets old hours as new ones begin. */
export async function addRecallSample(sql: Sql, sample: RecallSample): Promise<void> {
  const { collectionId, band, recall } = sample;
  const [row] = await sql.query<{ begun: boolean }>(
    `insert into kindred.recall_samples as r (tenant_id, collection_id, band, hour, queries, recall_sum, worst)
     select kindred.tenant(), c.collection_id, $2, date_trunc('hour', now(), 'UTC'), 1, $3, $3
       from kindred.collections c where c.tenant_id = kindred.tenant() and c.collection_id = $1
     on conflict (tenant_id, collection_id, band, hour) do update set queries = r.queries + 1,
       recall_sum = r.recall_sum + excluded.recall_sum, worst = least(r.worst, excluded.worst)
     returning queries = 1 as begun`,
    [collectionId, band, recall],
  );
  if (!row?.begun) return;
  await sql.query(
    `delete from kindred.recall_samples where tenant_id = kindred.tenant() and collection_id = $1
        and hour < now() - make_interval(days => $2)`,
    [collectionId, keptDays],
  );
}

interface StoredPoint {
  collection: string;
  band: string;
  hour: Date;
  queries: bigint;
  recall: number;
  worst: number;
}

/** Of the collection, or of all for an empty name: by name, band and hour, the latest hour first. */
export function readRecall(sql: Sql, collection: string, since: Date): Promise<RecallPoint[]> {
  return sql.query<StoredPoint>(
    `select c.name as collection, r.band, r.hour, r.queries, r.recall_sum / r.queries as recall, r.worst
       from kindred.recall_samples r
       join kindred.collections c on c.tenant_id = r.tenant_id and c.collection_id = r.collection_id
      where r.tenant_id = kindred.tenant() and r.hour >= date_trunc('hour', $2::timestamptz, 'UTC')
        and ($1 = '' or c.name = $1)
      order by c.name, r.band desc, r.hour desc`,
    [collection, since],
  );
}
