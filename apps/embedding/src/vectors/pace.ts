import { setTimeout as sleep } from 'node:timers/promises';

/** Items per transaction at most: a kill costs at most these. */
const largestPage = 200;
/** A page should take no longer: well within a lease, however slow the model. */
const pageMs = 5_000;
/** Between two signs of life. */
const longestSleepMs = 5_000;

/** How many items to take at once, and when to take the next ones: by what the model can do, and by a rate if there is one. */
export class Pace {
  private readonly started = performance.now();
  private pageStarted = this.started;
  private size = largestPage;
  private items = 0;

  constructor(private readonly perSecond: number | null) {}

  /** Small pages at a slow rate, so that it is even. */
  most(): number {
    this.pageStarted = performance.now();
    const even = this.perSecond === null ? largestPage : Math.ceil(this.perSecond);
    return Math.max(1, Math.min(this.size, even));
  }

  /** Call after each page with its number of items; waits where the rate is ahead. */
  async after(items: number, signal: AbortSignal): Promise<void> {
    const took = performance.now() - this.pageStarted;
    this.size = Math.max(1, Math.min(largestPage, Math.floor((items * pageMs) / Math.max(1, took))));
    this.items += items;
    if (this.perSecond === null) return;
    const ahead = (this.items / this.perSecond) * 1_000 - (performance.now() - this.started);
    for (let left = ahead; left > 0; left -= longestSleepMs) {
      await sleep(Math.min(left, longestSleepMs), undefined, { signal });
    }
  }
}
