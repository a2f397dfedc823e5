import type { CountRequest, QueryRequest, QueryResponse } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import type { MediaAccess } from '@kindred/embedder';
import type { Caller } from '@kindred/runtime';
import type { CollectionDirectory, Search } from '@kindred/vector-index';
import { countItems } from './count.store.ts';
import type { QueryLog } from './query-log.ts';
import { searchRequestOf } from './request-of.ts';

/** Answers Query and Count. */
export class SearchService {
  constructor(
    private readonly search: Search,
    private readonly database: Database,
    private readonly collections: CollectionDirectory,
    private readonly media: MediaAccess,
    private readonly queries: QueryLog,
  ) {}

  async query(request: QueryRequest, { tenant, requestId }: Caller, signal: AbortSignal): Promise<QueryResponse> {
    const wanted = await searchRequestOf(request, tenant, this.media, signal);
    const answer = await this.search.query(wanted);
    if (wanted.by.kind === 'text' && wanted.pageToken === '')
      this.queries.note(tenant, wanted.collection, wanted.by.text);
    return { requestId, ...answer };
  }

  async count(request: CountRequest, { tenant }: Caller, signal: AbortSignal): Promise<bigint> {
    const collection = await this.collections.get(tenant, request.collection);
    const scope = { tenant, readOnly: true, signal };
    return this.database.transaction(scope, (sql) => countItems(sql, collection, request.filter));
  }
}
