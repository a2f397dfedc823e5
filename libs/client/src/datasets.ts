import type { Dataset, DiffDatasetsResponse, VerifyDatasetResponse } from '@kindred/contracts';
import type { DatasetInput } from './inputs.ts';
import type { KindredClient } from './kindred-client.ts';
import { present } from './results.ts';
import type { CallOptions } from './transport.ts';

/** Named, immutable records of which item revisions and interactions a training or an evaluation used. */
export interface Datasets {
  create(dataset: DatasetInput, options?: CallOptions): Promise<Dataset>;
  /** Of all collections, or of one. */
  list(collection?: string, options?: CallOptions): Promise<Dataset[]>;
  /** What `right` has that `left` has not, and the other way round. */
  diff(left: string, right: string, options?: CallOptions): Promise<DiffDatasetsResponse>;
  /** Whether the record is unharmed, and how far the rows have moved on since. */
  verify(name: string, options?: CallOptions): Promise<VerifyDatasetResponse>;
}

export function datasetsOf({ datasets }: KindredClient): Datasets {
  return {
    async create(dataset, options) {
      return present((await datasets.createDataset(dataset, options)).dataset, 'the dataset');
    },
    async list(collection, options) {
      return (await datasets.listDatasets({ collection }, options)).datasets;
    },
    async diff(left, right, options) {
      return datasets.diffDatasets({ left, right }, options);
    },
    async verify(name, options) {
      return datasets.verifyDataset({ name }, options);
    },
  };
}
