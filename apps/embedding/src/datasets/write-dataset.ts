import { KindredError } from '@kindred/contracts';
import type { Sql } from '@kindred/database';
import * as store from './dataset.store.ts';

/**
 * Settings of transactions that read whole datasets: ten million rows take minutes, and callers have deadlines. New rows
 * have no statistics, so a nested loop would be planned for one row and read a whole collection for each.
 */
export const patient = { statement_timeout: '0', work_mem: '64MB', enable_nestloop: 'off' };

/** Writes the dataset in the running transaction. Throws DATASET_EXISTS or COLLECTION_NOT_FOUND. */
export async function writeDataset(sql: Sql, dataset: store.NewDataset): Promise<store.DatasetRecord> {
  const datasetId = await store.reserveName(sql, dataset);
  if (datasetId === undefined) {
    const message = `There is a dataset "${dataset.name}", and datasets do not change; give the new one another name`;
    throw new KindredError('DATASET_EXISTS', 'name', message);
  }
  await store.insertMembers(sql, datasetId, dataset);
  if (!(await store.holdSources(sql, dataset.collectionId))) {
    const message = 'The collection was deleted while its dataset was written; name another one';
    throw new KindredError('COLLECTION_NOT_FOUND', 'collection', message);
  }
  await store.dropErased(sql, datasetId);
  await store.sealDataset(sql, datasetId);
  return (await store.readDataset(sql, dataset.name))!;
}

/** Throws COLLECTION_NOT_FOUND. */
export async function collectionIdOf(sql: Sql, name: string): Promise<number> {
  const collectionId = await store.findCollection(sql, name);
  if (collectionId !== undefined) return collectionId;
  const message = `There is no collection "${name}"; create it with PutCollection, or list what exists with ListCollections`;
  throw new KindredError('COLLECTION_NOT_FOUND', 'collection', message);
}

export function datasetNotFound(field: string, name: string): KindredError {
  const message = `There is no dataset "${name}"; ListDatasets shows those there are`;
  return new KindredError('DATASET_NOT_FOUND', field, message);
}
