import { setImmediate } from 'node:timers/promises';

/** Milliseconds of work after which other tasks of the process get their turn. */
const slice = 8;

/** Call it inside long loops: it lets others run when this task's time is up, and stops when the signal is aborted. */
export class TimeSlice {
  #until = performance.now() + slice;

  constructor(private readonly signal?: AbortSignal) {}

  get isOver(): boolean {
    return performance.now() >= this.#until;
  }

  async pause(): Promise<void> {
    await setImmediate();
    this.signal?.throwIfAborted();
    this.#until = performance.now() + slice;
  }
}
