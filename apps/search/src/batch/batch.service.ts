import { KindredError, type QueryBatchRequest, type QueryBatchResponse, type QueryRequest } from '@kindred/contracts';
import type { Caller, Log } from '@kindred/runtime';
import type { SearchService } from '../search.service.ts';
import { answerBatch } from './query-batch.ts';

/** Answers QueryBatch. */
export class BatchService {
  constructor(
    private readonly search: Pick<SearchService, 'query'>,
    private readonly log: Log,
  ) {}

  /** Each query has a request id of its own: the batch's with the query's place. */
  queryBatch(request: QueryBatchRequest, caller: Caller, signal: AbortSignal): Promise<QueryBatchResponse> {
    const idOf = (at: number) => `${caller.requestId}.${at}`;
    const ask = {
      answer: (query: QueryRequest, at: number) => this.search.query(query, { ...caller, requestId: idOf(at) }, signal),
      unforeseen: (error: unknown, at: number) => {
        this.log.error({ requestId: idOf(at), err: error }, 'a query of a batch failed for an unforeseen reason');
        return new KindredError('INTERNAL', '', `internal error, request ${idOf(at)}`);
      },
    };
    return answerBatch(request, ask, signal);
  }
}
