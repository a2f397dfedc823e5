import type { ServerDuplexStream, ServerReadableStream, ServerUnaryCall, ServerWritableStream } from '@grpc/grpc-js';
import { KindredError } from '@kindred/contracts';

/** Any kind of call, as a handler gets it. */
export type Call =
  | ServerUnaryCall<unknown, unknown>
  | ServerReadableStream<unknown, unknown>
  | ServerWritableStream<unknown, unknown>
  | ServerDuplexStream<unknown, unknown>;

/** The part of a call that says when to give up. */
export type CancellableCall = Pick<ServerUnaryCall<unknown, unknown>, 'cancelled' | 'getDeadline'> & {
  once(event: 'cancelled', listener: () => void): unknown;
};

const signals = new WeakMap<object, AbortSignal>();

/**
 * Aborted when the caller hangs up, the deadline passes or the server gives up on draining.
 * The reason is a KindredError DEADLINE_EXCEEDED or an AbortError. The same signal for every ask about one call.
 */
export function callSignal(call: CancellableCall): AbortSignal {
  const known = signals.get(call);
  if (known) return known;
  const controller = new AbortController();
  const abort = () => controller.abort(reasonFor(call));
  if (call.cancelled) abort();
  else call.once('cancelled', abort);
  signals.set(call, controller.signal);
  return controller.signal;
}

function reasonFor(call: CancellableCall): Error {
  if (Number(call.getDeadline()) <= Date.now()) {
    return new KindredError(
      'DEADLINE_EXCEEDED',
      '',
      'The deadline passed before the answer was ready. Allow more time.',
    );
  }
  return hungUp;
}

/** grpc-js says `cancelled` at the end of every call, so this is no place to gather a stack. */
const hungUp = new DOMException('the caller hung up', 'AbortError');
