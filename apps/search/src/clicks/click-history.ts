import { type ClickedQuery, KindredError, type ListClicksRequest } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import type { CollectionDirectory } from '@kindred/vector-index';
import { readClicks } from './click.store.ts';

const defaultQueries = 1_000;
const mostQueries = 10_000;

/** Answers ListClicks. */
export class ClickHistory {
  constructor(
    private readonly database: Database,
    private readonly collections: CollectionDirectory,
  ) {}

  async list(tenant: string, { collection, queries }: ListClicksRequest): Promise<ClickedQuery[]> {
    if (queries < 0 || queries > mostQueries) {
      const message = `queries is ${queries}; it must be from 1 to ${mostQueries}, or 0 for ${defaultQueries}`;
      throw new KindredError('LIMIT_OUT_OF_RANGE', 'queries', message);
    }
    const { collectionId } = await this.collections.get(tenant, collection);
    return this.database.transaction({ tenant, readOnly: true }, (sql) =>
      readClicks(sql, collectionId, queries || defaultQueries),
    );
  }
}
