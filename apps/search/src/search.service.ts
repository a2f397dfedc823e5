import {
  type CountRequest,
  type ExplainRequest,
  type ExplainResponse,
  KindredError,
  type QueryRequest,
  type QueryResponse,
} from '@kindred/contracts';
import type { Database } from '@kindred/database';
import { type MediaAccess, Rerankers } from '@kindred/embedder';
import type { Caller } from '@kindred/runtime';
import type { CollectionDirectory, Search, SearchRequest, SearchResult } from '@kindred/vector-index';
import { isComposed } from './compose/composed-query.ts';
import { composedQueryOf } from './compose/composed-query-of.ts';
import { ComposedSearch, type RerankerSource } from './compose/composed-search.ts';
import { countItems } from './count.store.ts';
import type { QueryLog } from './query-log.ts';
import { searchRequestOf } from './request-of.ts';

/** What queries use of the process: pictures to search by, and what hits are ordered anew by (default: nothing). */
export interface QueryResources extends MediaAccess {
  rerankers?: RerankerSource;
}

type AnswerListener = (request: SearchRequest, answer: SearchResult) => void;

/** Answers Query, Explain and Count. */
export class SearchService {
  private readonly composed: ComposedSearch;
  private readonly listeners: AnswerListener[] = [];

  constructor(
    private readonly search: Search,
    private readonly database: Database,
    private readonly collections: CollectionDirectory,
    private readonly media: QueryResources,
    private readonly queries: QueryLog,
  ) {
    this.composed = new ComposedSearch(database, collections, search, media.rerankers ?? new Rerankers());
  }

  /** `listener` hears of every answer to Query; it must neither wait nor throw. */
  onAnswer(listener: AnswerListener): void {
    this.listeners.push(listener);
  }

  async query(request: QueryRequest, { tenant, requestId }: Caller, signal: AbortSignal): Promise<QueryResponse> {
    if (isComposed(request)) return this.compose(request, { tenant, requestId }, signal);
    const wanted = await searchRequestOf(request, tenant, this.media, signal);
    const answer = await this.search.query(wanted);
    if (wanted.by.kind === 'text' && wanted.pageToken === '')
      this.queries.note({ tenant, requestId }, wanted.collection, wanted.by.text);
    for (const listener of this.listeners) listener(wanted, answer);
    return { requestId, groups: [], ...answer };
  }

  async explain(
    { query }: ExplainRequest,
    { tenant, requestId }: Caller,
    signal: AbortSignal,
  ): Promise<ExplainResponse> {
    if (!query) throw new KindredError('FIELD_MISSING', 'query', 'query is empty; give the query to explain');
    if (isComposed(query)) {
      const message =
        'query is composed of several statements; explain its parts one by one, and see plan.steps of Query for the whole';
      throw new KindredError('FIELD_INVALID', 'query', message);
    }
    const wanted = await searchRequestOf(query, tenant, this.media, signal);
    const { result, ...explanation } = await this.search.explain(wanted);
    return { response: { requestId, groups: [], ...result }, ...explanation };
  }

  private async compose(
    request: QueryRequest,
    { tenant, requestId }: Pick<Caller, 'tenant' | 'requestId'>,
    signal: AbortSignal,
  ): Promise<QueryResponse> {
    const searchOf = (one: QueryRequest) => searchRequestOf(one, tenant, this.media, signal);
    const answer = await this.composed.query(await composedQueryOf(request, tenant, searchOf, signal));
    if (request.by?.$case === 'text' && request.pageToken === '')
      this.queries.note({ tenant, requestId }, request.collection, request.by.value);
    return { requestId, ...answer };
  }

  async count(request: CountRequest, { tenant }: Caller, signal: AbortSignal): Promise<bigint> {
    const collection = await this.collections.get(tenant, request.collection);
    const facts = await this.search.filters.factsOf(collection, request.filter);
    const scope = { tenant, readOnly: true, signal };
    return this.database.transaction(scope, (sql) => countItems(sql, collection, request.filter, facts));
  }
}
