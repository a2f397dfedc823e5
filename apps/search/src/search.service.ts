import type { CountRequest, QueryRequest, QueryResponse } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import type { Caller } from '@kindred/runtime';
import type { CollectionDirectory, Search } from '@kindred/vector-index';
import { countItems } from './count.store.ts';
import { searchRequestOf } from './request-of.ts';

/** Answers Query and Count. */
export class SearchService {
  constructor(
    private readonly search: Search,
    private readonly database: Database,
    private readonly collections: CollectionDirectory,
  ) {}

  async query(request: QueryRequest, { tenant, requestId }: Caller, signal: AbortSignal): Promise<QueryResponse> {
    return { requestId, ...(await this.search.query(searchRequestOf(request, tenant, signal))) };
  }

  async count(request: CountRequest, { tenant }: Caller, signal: AbortSignal): Promise<bigint> {
    const collection = await this.collections.get(tenant, request.collection);
    const scope = { tenant, readOnly: true, signal };
    return this.database.transaction(scope, (sql) => countItems(sql, collection, request.filter));
  }
}
