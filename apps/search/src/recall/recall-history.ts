import { type GetRecallRequest, type GetRecallResponse, KindredError } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import type { CollectionDirectory } from '@kindred/vector-index';
import { readMeasuredIndexes } from './measured-index.store.ts';
import { readRecall } from './recall-sample.store.ts';

const defaultSpanMs = 7 * 86_400_000;

/** Answers GetRecall. */
export class RecallHistory {
  constructor(
    private readonly database: Database,
    private readonly collections: CollectionDirectory,
  ) {}

  async get(tenant: string, { collection, since }: GetRecallRequest): Promise<GetRecallResponse> {
    if (collection !== '') await this.collections.get(tenant, collection);
    if (since && Number.isNaN(since.getTime()))
      throw new KindredError('FIELD_INVALID', 'since', 'since is no time; leave it out for the last seven days');
    const from = since ?? new Date(Date.now() - defaultSpanMs);
    return this.database.transaction({ tenant, readOnly: true }, async (sql) => ({
      points: await readRecall(sql, collection, from),
      indexes: await readMeasuredIndexes(sql, collection),
    }));
  }
}
