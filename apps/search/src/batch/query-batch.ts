import {
  type BatchResult,
  KindredError,
  type QueryBatchRequest,
  type QueryBatchResponse,
  type QueryRequest,
  type QueryResponse,
} from '@kindred/contracts';

const mostQueries = 100;
/** More at once would only queue for the connections and processors that others wait for too. */
const atOnce = 8;

/** How a query of a batch is answered; `at` is its place. */
export interface BatchAsk {
  answer(query: QueryRequest, at: number): Promise<QueryResponse>;
  /** The error to tell for one that nobody foresaw. */
  unforeseen(error: unknown, at: number): KindredError;
}

/**
 * Every query's answer or error, in order; one that fails fails alone. Rejects, for the whole batch, for a size that is out
 * of bounds and when the signal aborts.
 */
export async function answerBatch(
  { queries }: QueryBatchRequest,
  ask: BatchAsk,
  signal: AbortSignal,
): Promise<QueryBatchResponse> {
  if (queries.length === 0) throw new KindredError('FIELD_MISSING', 'queries', 'queries is empty; give at least one');
  if (queries.length > mostQueries) {
    const message = `queries has ${queries.length} queries; at most ${mostQueries} are taken in one call`;
    throw new KindredError('FIELD_TOO_LARGE', 'queries', message);
  }
  const results: BatchResult[] = [];
  let next = 0;
  const worker = async () => {
    for (let at = next++; at < queries.length; at = next++) results[at] = await answered(queries[at]!, at, ask, signal);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return { results };
}

async function answered(query: QueryRequest, at: number, ask: BatchAsk, signal: AbortSignal): Promise<BatchResult> {
  try {
    return { result: { $case: 'response', value: await ask.answer(query, at) } };
  } catch (error) {
    signal.throwIfAborted();
    const { code, field, message } = error instanceof KindredError ? error : ask.unforeseen(error, at);
    return { result: { $case: 'error', value: { code, field, message } } };
  }
}
