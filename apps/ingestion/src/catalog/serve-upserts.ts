import { once } from 'node:events';
import type { ServerDuplexStream } from '@grpc/grpc-js';
import type { UpsertItemsRequest, UpsertItemsResponse, WriteResult } from '@kindred/contracts';
import { callSignal, streamError } from '@kindred/runtime';
import { batchesOf } from './batches-of.ts';
import { type Patience, patienceOf } from './patience.ts';

const mostPerBatch = 500;
const lingerMs = 5;

type UpsertCall = ServerDuplexStream<UpsertItemsRequest, UpsertItemsResponse>;

/** Answers each request of the stream with its index and result, at the pace the caller reads. */
export async function serveUpserts(
  call: UpsertCall,
  store: (requests: UpsertItemsRequest[], patience: Patience) => Promise<WriteResult[]>,
): Promise<void> {
  const signal = callSignal(call);
  let index = 0n;
  try {
    for await (const requests of batchesOf<UpsertItemsRequest>(call, mostPerBatch, lingerMs)) {
      for (const result of await store(requests, patienceOf(call))) {
        const hasRoom = call.write({ index, result });
        index += 1n;
        if (!hasRoom && !signal.aborted) await once(call, 'drain', { signal });
      }
    }
    call.end();
  } catch (error) {
    if (!signal.aborted) call.emit('error', streamError(error, call));
  }
}
