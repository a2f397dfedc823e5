import { setTimeout as sleep } from 'node:timers/promises';
import { KindredError } from '@kindred/contracts';
import { PassingFailure } from './request-failure.ts';
import { retryDelay } from './retry-delay.ts';

/** Time and chance; a test brings its own. */
export interface Timing {
  now(): number;
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
  /** In [0, 1). */
  random(): number;
}

export const realTiming: Timing = {
  now: () => Date.now(),
  sleep: (milliseconds, signal) => sleep(milliseconds, undefined, { signal }),
  random: () => Math.random(),
};

export interface RetryLimits {
  maxRetries: number;
  /** Milliseconds from the first attempt to the last. */
  retryBudgetMs: number;
}

/** Sends requests again that failed in passing. What a server says about waiting binds all requests of the model. */
export class Retrying {
  #notBefore = 0;

  constructor(
    private readonly model: string,
    private readonly limits: RetryLimits,
    private readonly timing: Timing,
  ) {}

  /** The server asks for silence. */
  holdBack(milliseconds: number): void {
    this.#notBefore = Math.max(this.#notBefore, this.timing.now() + milliseconds);
  }

  /** `attempt` is told how many came before it. Throws EMBEDDING_UNAVAILABLE when retries or budget are used up. */
  async run<Result>(attempt: (retry: number) => Promise<Result>, signal?: AbortSignal): Promise<Result> {
    const end = this.timing.now() + this.limits.retryBudgetMs;
    for (let retry = 0; ; retry += 1) {
      await this.#waitUntil(this.#notBefore, end, signal);
      try {
        return await attempt(retry);
      } catch (error) {
        signal?.throwIfAborted();
        if (!(error instanceof PassingFailure)) throw error;
        if (error.wait !== undefined) this.holdBack(error.wait);
        if (retry >= this.limits.maxRetries) throw this.#unavailable(`${error.message}, ${retry + 1} times`);
        const until = this.timing.now() + retryDelay(retry, error.wait, this.timing.random());
        if (until > end) throw this.#unavailable(`${error.message}, and waiting longer exceeds the retry budget`);
        await this.#waitUntil(until, end, signal);
      }
    }
  }

  async #waitUntil(time: number, end: number, signal?: AbortSignal): Promise<void> {
    const wait = time - this.timing.now();
    if (wait <= 0) return;
    if (time > end) throw this.#unavailable(`it asks for no request before ${new Date(time).toISOString()}`);
    await this.timing.sleep(wait, signal);
    signal?.throwIfAborted();
  }

  #unavailable(reason: string): KindredError {
    return new KindredError(
      'EMBEDDING_UNAVAILABLE',
      '',
      `The provider of the model "${this.model}" is away: ${reason}; try later`,
    );
  }
}
