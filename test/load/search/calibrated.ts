import type { Database } from '@kindred/database';
import { addLiveRecall, CollectionDirectory, RecallProbe, readLayout, Search } from '@kindred/vector-index';
import { tenant } from './bench-shop.ts';

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
  try {
    const { models } = await readLayout(database, await directory.get(tenant, collection));
    if (models.some(({ index }) => index?.live)) return undefined;
    const probe = new RecallProbe(database, directory, new Search(database, directory).chooser);
    let sum = 0;
    for (const values of vectors) {
      const probed = await probe.probe({ tenant, collection, by: { kind: 'vector', values, model: '' } });
      if (!probed?.byBreadth) throw new Error(`${collection} is not answered by an HNSW index`);
      const { collectionId, recall, byBreadth } = probed;
      await database.transaction({ tenant }, (sql) =>
        addLiveRecall(sql, collectionId, byBreadth.index, byBreadth.found),
      );
      sum += recall;
    }
    return sum / vectors.length;
  } finally {
    await directory.close();
  }
}
