import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';

/** Called between pieces of long work. */
export type Pause = () => Promise<void> | undefined;

/** Longest stretch of work before requests get their turn: an answer takes several turns, and may wait in each. */
const stretchMs = 1;
/** A turn of the event loop that took longer had somebody to serve. */
const idleTurnMs = 0.2;
const mostRestMs = 50;

/**
 * Splits long work into stretches: its pause yields when a stretch is over. While others are served, so many times
 * the stretch, with what the database did for it, is theirs; for who is waited for: 0.
 */
export function breather(givenWay = 2): Pause {
  let since = performance.now();
  const rest = async () => {
    const ended = performance.now();
    await nextTurn();
    const isBusy = performance.now() - ended > idleTurnMs;
    if (isBusy && givenWay > 0) await sleep(Math.min(mostRestMs, givenWay * (ended - since)));
    since = performance.now();
  };
  return () => (performance.now() - since < stretchMs ? undefined : rest());
}
