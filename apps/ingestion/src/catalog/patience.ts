import { type CancellableCall, callSignal } from '@kindred/runtime';

/** How long a caller can be kept waiting: until the signal or the time, in milliseconds since 1970. */
export interface Patience {
  signal: AbortSignal;
  until: number;
}

const mostMs = 30_000;

/** Ends shortly before the caller's deadline, so that "pending" still arrives there instead of an error. */
export function patienceOf(call: CancellableCall): Patience {
  const left = Number(call.getDeadline()) - Date.now();
  const forTheReply = Math.min(Math.max(left / 10, 50), 1_000);
  return { signal: callSignal(call), until: Date.now() + Math.min(left - forTheReply, mostMs) };
}
