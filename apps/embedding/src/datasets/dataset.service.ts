import {
  type CreateDatasetRequest,
  type Dataset,
  type DiffDatasetsRequest,
  type DiffDatasetsResponse,
  type ListDatasetsRequest,
  type VerifyDatasetRequest,
  type VerifyDatasetResponse,
} from '@kindred/contracts';
import type { Database, Sql } from '@kindred/database';
import * as store from './dataset.store.ts';
import { checkDescription, checkName, checkTime } from './dataset-fields.ts';
import { collectionIdOf, datasetNotFound, patient, writeDataset } from './write-dataset.ts';

const examplesOfKind = 5;

/** Answers the DatasetService: makes datasets, lists and compares them, and checks them against the rows of now. */
export class DatasetService {
  constructor(private readonly database: Database) {}

  /**
   * Records all items that are not deleted, and the interactions (those before `interactionsBefore` where it is given),
   * of one moment. Throws DATASET_EXISTS, COLLECTION_NOT_FOUND, FIELD_INVALID or FIELD_TOO_LARGE.
   */
  async create(tenant: string, request: CreateDatasetRequest, signal?: AbortSignal): Promise<Dataset> {
    checkName('name', request.name);
    checkDescription(request.description);
    const before = request.interactionsBefore;
    if (before) checkTime(before);
    const { name, description } = request;
    return this.database.transaction({ tenant, settings: patient, signal }, async (sql) => {
      const collectionId = await collectionIdOf(sql, request.collection);
      return datasetOf(await writeDataset(sql, { name, description, collectionId, before }));
    });
  }

  /** Newest first. Throws COLLECTION_NOT_FOUND. */
  list(tenant: string, { collection }: ListDatasetsRequest): Promise<Dataset[]> {
    return this.database.transaction({ tenant, readOnly: true }, async (sql) => {
      const collectionId = collection === '' ? undefined : await collectionIdOf(sql, collection);
      return (await store.listDatasets(sql, collectionId)).map(datasetOf);
    });
  }

  /** What `right` has more (added), less (removed) and of another revision (changed) than `left`. */
  diff(tenant: string, request: DiffDatasetsRequest, signal?: AbortSignal): Promise<DiffDatasetsResponse> {
    return this.database.transaction({ tenant, readOnly: true, settings: patient, signal }, async (sql) => {
      const left = await existing(sql, 'left', request.left);
      const right = await existing(sql, 'right', request.right);
      const difference = await store.diffMembers(sql, left.dataset_id, right.dataset_id, examplesOfKind);
      return {
        addedItems: difference.added_items,
        removedItems: difference.removed_items,
        changedItems: difference.changed_items,
        addedInteractions: difference.added_interactions,
        removedInteractions: difference.removed_interactions,
        examples: difference.examples,
      };
    });
  }

  /** Hashes the recorded members again, and counts those that the rows of now no longer have as they were. */
  verify(tenant: string, { name }: VerifyDatasetRequest, signal?: AbortSignal): Promise<VerifyDatasetResponse> {
    return this.database.transaction({ tenant, readOnly: true, settings: patient, signal }, async (sql) => {
      const record = await existing(sql, 'name', name);
      const found = await store.verifyMembers(sql, record);
      return {
        dataset: datasetOf(record),
        intact: found.hash === record.hash,
        computedHash: found.hash,
        changedItems: found.changed_items,
        goneItems: found.gone_items,
        goneInteractions: goneOf(record, found),
      };
    });
  }
}

/** Erasure takes the member row along, whoever else deletes an interaction does not. */
function goneOf(record: store.DatasetRecord, { members, gone_interactions }: store.Verification): bigint {
  const erased = record.interactions - members;
  return gone_interactions + (erased > 0n ? erased : 0n);
}

async function existing(sql: Sql, field: string, name: string): Promise<store.DatasetRecord> {
  checkName(field, name);
  const record = await store.readDataset(sql, name);
  if (!record) throw datasetNotFound(field, name);
  return record;
}

function datasetOf(record: store.DatasetRecord): Dataset {
  const { name, collection, hash, items, interactions, description, created_at: createdAt } = record;
  return { name, collection, hash, items, interactions, description, createdAt };
}
