import type { Metadata } from '@grpc/grpc-js';
import { type CallStatus, statusOf } from './call-status.ts';
import { Log } from './log.ts';
import { openCallOf } from './open-call.ts';

/**
 * The error to emit on a stream that a handler ends by itself: `call.emit('error', streamError(error, call))`.
 * A handler that just throws gets the same.
 */
export function streamError(error: unknown, call: { metadata: Metadata }): CallStatus {
  return openCallOf(call.metadata)?.statusOf(error) ?? statusOf(error, '', Log.silent());
}
