import { randomBytes } from 'node:crypto';
import type { Database } from '@kindred/database';
import { findContent, liveHash, lockRecording } from './dataset.store.ts';
import { checkName } from './dataset-fields.ts';
import { collectionIdOf, patient, writeDataset } from './write-dataset.ts';

/** What to record: all items and interactions of the collection. Without a name one is made. */
export interface Recording {
  name?: string;
  collection: string;
}

/**
 * The dataset that a training or an evaluation of this moment used: the name and hash to note with its result. Where the
 * collection has a dataset of the same content, that one is returned, whatever its name. A generated name is like
 * "movies-20261124-1a2b3c". Throws DATASET_EXISTS (the name has other content), COLLECTION_NOT_FOUND or FIELD_INVALID.
 */
export async function recordDataset(
  database: Database,
  tenant: string,
  { name, collection }: Recording,
): Promise<{ name: string; hash: string }> {
  if (name !== undefined) checkName('name', name);
  return database.transaction({ tenant, settings: patient }, async (sql) => {
    const collectionId = await collectionIdOf(sql, collection);
    await lockRecording(sql, collectionId);
    const known = await findContent(sql, collectionId, await liveHash(sql, collectionId));
    const dataset = { name: name ?? nameFor(collection), collectionId, description: '' };
    const record = known ?? (await writeDataset(sql, dataset));
    return { name: record.name, hash: record.hash };
  });
}

/** Of at most 64 characters, whatever the collection is called. */
function nameFor(collection: string): string {
  const day = new Date().toISOString().slice(0, 10).replaceAll('-', '');
  return `${collection.slice(0, 48)}-${day}-${randomBytes(3).toString('hex')}`;
}
