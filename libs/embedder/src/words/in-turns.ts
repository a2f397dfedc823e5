import { setImmediate as breathe } from 'node:timers/promises';

/** Multiplications between two breaths: some milliseconds. */
const turn = 4e6;

/**
 * Ranges [from, to) that cover 0 to `count`, each of about as many multiplications as fit a turn where one of them takes
 * `cost`. Other work runs before each; then throws what `signal` says.
 */
export async function* inTurns(
  count: number,
  cost: number,
  signal?: AbortSignal,
): AsyncGenerator<readonly [from: number, to: number]> {
  const stretch = Math.max(1, Math.floor(turn / cost));
  for (let from = 0; from < count; from += stretch) {
    await breathe();
    signal?.throwIfAborted();
    yield [from, Math.min(count, from + stretch)];
  }
}
