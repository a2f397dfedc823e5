import { setTimeout as sleep } from 'node:timers/promises';
import { KindredClientError } from './client-error.ts';

/** Retries after the first attempt. */
const mostRetries = 3;
const firstDelayMs = 100;

/** 50-100 ms, 100-200 ms, 200-400 ms: doubled each time, with half of it left to chance so that clients spread out. */
export function retryDelay(attempt: number, random: () => number = Math.random): number {
  const whole = firstDelayMs * 2 ** attempt;
  return whole / 2 + (random() * whole) / 2;
}

/** Waits before the next attempt; throws `error` where there is to be none. */
export async function beforeRetry(
  error: unknown,
  attempt: number,
  deadline: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  const delay = retryDelay(attempt);
  const worthwhile = error instanceof KindredClientError && error.status === 'UNAVAILABLE' && attempt < mostRetries;
  if (!worthwhile || Date.now() + delay >= deadline) throw error;
  await sleep(delay, undefined, { signal }).catch(() => signal?.throwIfAborted());
}
