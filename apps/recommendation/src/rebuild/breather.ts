import { setImmediate as nextTurn } from 'node:timers/promises';

/** Called between pieces of long work. */
export type Pause = () => Promise<void> | undefined;

/** Longest stretch of work before requests get their turn. */
const stretchMs = 4;

/** Splits long work into stretches: its pause yields only when a stretch is over. */
export function breather(): Pause {
  let since = performance.now();
  return () => {
    if (performance.now() - since < stretchMs) return undefined;
    return nextTurn().then(() => {
      since = performance.now();
    });
  };
}
