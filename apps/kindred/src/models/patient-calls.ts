import { KindredClientError } from '@kindred/client';
import type { Terminal } from '../output/terminal.ts';

/** A server that restarts is back in seconds; past this the command gives up. */
const longestAwayMs = 600_000;
const pauseMs = 2_000;

/**
 * Calls that outlast a server's restart: says once that it is away and once that it is back. Other errors come through
 * as they are, and so does being away for ten minutes.
 */
export function patientCalls({ note, pause }: Pick<Terminal, 'note' | 'pause'>, signal: AbortSignal) {
  return async <Result>(call: () => Promise<Result>): Promise<Result> => {
    const began = performance.now();
    for (let attempt = 0; ; attempt += 1) {
      try {
        const answer = await call();
        if (attempt > 0) note('the server is back');
        return answer;
      } catch (error) {
        signal.throwIfAborted();
        if (!isAway(error) || performance.now() - began > longestAwayMs) throw error;
        if (attempt === 0) note(`the server does not answer (${error.code}); what is done stays done, asking again`);
        await pause(pauseMs, signal);
      }
    }
  };
}

const isAway = (error: unknown): error is KindredClientError =>
  error instanceof KindredClientError && (error.status === 'UNAVAILABLE' || error.status === 'DEADLINE_EXCEEDED');
