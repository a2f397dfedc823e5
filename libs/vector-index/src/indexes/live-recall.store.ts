import type { Sql } from '@kindred/database';
import type { IndexSpec } from './index-spec.ts';
import { type BreadthRecall, breadths, type Found, type RecallCurve } from './recall-curve.ts';

/** By breadth, what a sample of the live queries without a filter found. */
export interface LiveRecall extends RecallCurve {
  queries: number;
}

/** An HNSW index, whichever build of it. */
export interface LiveIndex {
  partition: string;
  spec: Extract<IndexSpec, { method: 'hnsw' }>;
}

const shapeOf = ({ partition, spec: { element, distance, m, efConstruction } }: LiveIndex) =>
  `${partition} ${element} ${distance} m=${m} ef_construction=${efConstruction}`;

const keptDays = 7;
/** Of fewer queries the mean is too uncertain. */
const enough = 200;

/** Adds what one query found, by breadth ascending, to its hour, and forgets what is a week old as new ones begin. */
export async function addLiveRecall(
  sql: Sql,
  collectionId: number,
  index: LiveIndex,
  found: readonly Found[],
): Promise<void> {
  const recallAt = new Map(found.map(({ efSearch, recall }) => [efSearch, recall]));
  // Broader searches than one that found all were not made.
  const recalls = breadths.map((efSearch) => recallAt.get(efSearch) ?? 1);
  const [row] = await sql.query<{ begun: boolean }>(
    `insert into kindred.live_recall as r (tenant_id, collection_id, index_shape, hour, ef_search, queries, recall_sum, recall_squares)
     select kindred.tenant(), c.collection_id, $2, date_trunc('hour', now(), 'UTC'), f.ef_search, 1, f.recall, f.recall ^ 2
       from kindred.collections c, unnest($3::int[], $4::float8[]) as f(ef_search, recall)
      where c.tenant_id = kindred.tenant() and c.collection_id = $1
     on conflict (tenant_id, collection_id, index_shape, hour, ef_search) do update set queries = r.queries + 1,
       recall_sum = r.recall_sum + excluded.recall_sum, recall_squares = r.recall_squares + excluded.recall_squares
     returning queries = 1 as begun`,
    [collectionId, shapeOf(index), breadths, recalls],
  );
  if (!row?.begun) return;
  await sql.query(
    `delete from kindred.live_recall where tenant_id = kindred.tenant() and collection_id = $1
        and hour < now() - make_interval(days => $2)`,
    [collectionId, keptDays],
  );
}

/** Absent until enough queries were measured. */
export async function readLiveRecall(
  sql: Sql,
  collectionId: number,
  index: LiveIndex,
): Promise<LiveRecall | undefined> {
  const rows = await sql.query<BreadthRecall & { queries: bigint }>(
    `select ef_search as "efSearch", queries, recall, sqrt(greatest(0, squares - recall ^ 2) / queries) as error
       from (select ef_search, sum(queries)::bigint as queries, sum(recall_sum) / sum(queries) as recall,
                    sum(recall_squares) / sum(queries) as squares
               from kindred.live_recall
              where tenant_id = kindred.tenant() and collection_id = $1 and index_shape = $2
                and hour >= now() - make_interval(days => $3)
              group by ef_search) r
      where queries >= $4 order by ef_search`,
    [collectionId, shapeOf(index), keptDays, enough],
  );
  const [first] = rows;
  if (!first) return undefined;
  const points = rows.map(({ efSearch, recall, error }) => ({ efSearch, recall, error }));
  return { points, queries: Number(first.queries) };
}
