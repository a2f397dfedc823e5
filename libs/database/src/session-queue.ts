import { deferred } from './deferred.ts';
import { deadlineExceeded } from './sql-error.ts';

/** Urgent ones that may pass a waiting ordinary one before it gets its turn. */
const mostPassed = 32;

/** Hands one session to one holder at a time. Urgent holders go first, but cannot starve the others. */
export class SessionQueue {
  readonly #urgent: (() => void)[] = [];
  readonly #ordinary: (() => void)[] = [];
  #held = false;
  #passed = 0;
  #failure: Error | undefined;
  readonly #rejections = new Map<() => void, (error: unknown) => void>();

  /** Resolves with the function that gives the session on. */
  acquire(urgent: boolean, signal?: AbortSignal): Promise<() => void> {
    if (this.#failure) return Promise.reject(this.#failure);
    const { promise, resolve, reject } = deferred<() => void>();
    const waiting = urgent ? this.#urgent : this.#ordinary;
    const start = () => {
      signal?.removeEventListener('abort', leave);
      this.#rejections.delete(start);
      resolve(() => this.#next());
    };
    const leave = () => {
      this.#rejections.delete(start);
      waiting.splice(waiting.indexOf(start), 1);
      reject(deadlineExceeded(signal?.reason));
    };
    if (!this.#held) {
      this.#held = true;
      start();
      return promise;
    }
    signal?.addEventListener('abort', leave, { once: true });
    this.#rejections.set(start, reject);
    waiting.push(start);
    return promise;
  }

  /** Rejects everybody who waits, now and later. */
  fail(error: Error): void {
    this.#failure ??= error;
    for (const reject of this.#rejections.values()) reject(error);
    this.#rejections.clear();
    this.#urgent.length = 0;
    this.#ordinary.length = 0;
  }

  #next(): void {
    const fair = this.#ordinary.length > 0 && this.#passed >= mostPassed;
    const next = fair ? this.#ordinary.shift() : (this.#urgent.shift() ?? this.#ordinary.shift());
    this.#passed = fair || this.#ordinary.length === 0 ? 0 : this.#passed + 1;
    this.#held = next !== undefined;
    next?.();
  }
}
