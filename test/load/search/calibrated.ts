import type { Database } from '@kindred/database';
import { nearestRecall } from '@kindred/ranking';
import { CollectionDirectory, RecallProbe, Search } from '@kindred/vector-index';
import { addRecallSample } from '../../../apps/search/src/recall/recall-sample.store.ts';
import { tenant } from './bench-shop.ts';

const enough = 200;

/**
 * Measures the recall of these queries and keeps it, as the search service does with a sample of live queries, at most
 * one a second: from 200 on, the planner knows how broad a search of this collection has to be. Undefined where it does.
 */
export async function calibrated(
  database: Database,
  collection: string,
  vectors: readonly number[][],
): Promise<number | undefined> {
  const directory = new CollectionDirectory(database);
  const probe = new RecallProbe(database, directory, new Search(database, directory).chooser);
  const [known] = await database.query<{ queries: bigint | null }>(
    { tenant },
    `select sum(queries)::bigint as queries from kindred.recall_samples r
       join kindred.collections c using (tenant_id, collection_id) where c.name = $1`,
    [collection],
  );
  if (Number(known?.queries ?? 0) >= enough) return undefined;
  let sum = 0;
  for (const values of vectors) {
    const scores = await probe.probe({ tenant, collection, by: { kind: 'vector', values, model: '' } });
    if (!scores) throw new Error(`${collection} is not answered by an approximate index`);
    const [found, exact] = [scores.approximate, scores.exact].map((list) => list.map((score) => -score));
    const recall = nearestRecall(scores.compared, found!, exact!);
    const { collectionId, efSearch } = scores;
    await database.transaction({ tenant }, (sql) =>
      addRecallSample(sql, { collectionId, band: '1', recall, efSearch }),
    );
    sum += recall;
  }
  await directory.close();
  return sum / vectors.length;
}
