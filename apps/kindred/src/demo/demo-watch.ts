import { setTimeout as sleep } from 'node:timers/promises';
import type { GetStatusResponse } from '@kindred/contracts';
import { demoCollections } from './demo-collections.ts';
import { demoTotals } from './demo-files.ts';

/** What is in by now. */
export interface DemoState {
  items: number;
  vectors: number;
  interactions: number;
  /** Events that some consumer has not finished yet. */
  lag: number;
}

export const demoItems = demoTotals.products + demoTotals.movies;
const pollMs = 1_000;
/** A busy machine may miss its deadline now and then; a minute of failures is a fault. */
const mostFailures = 60;

/** Reads the status once a second while the demo loads: for the progress bars, and for not outrunning the consumers. */
export class DemoWatch {
  private lag = 0;
  private publishedSince = 0;
  private readings = 0;
  private state: DemoState | undefined;

  constructor(
    private readonly readStatus: () => Promise<GetStatusResponse>,
    private readonly onState: (state: DemoState) => void,
  ) {}

  /** Polls until aborted; rejects when the status cannot be read for a minute. */
  async run(signal: AbortSignal): Promise<void> {
    let failures = 0;
    while (!signal.aborted) {
      try {
        await this.read();
        failures = 0;
      } catch (error) {
        failures += 1;
        if (failures >= mostFailures) throw error;
      }
      await sleep(pollMs, undefined, { signal }).catch(() => undefined);
    }
  }

  published(events: number): void {
    this.publishedSince += events;
  }

  /** Events that were published and, as far as is known, not yet worked off by every consumer. */
  inFlight(): number {
    return this.lag + this.publishedSince;
  }

  /** Resolves once the consumers have nothing left to do: true when everything is in, false when something is missing. */
  async settled(signal: AbortSignal): Promise<boolean> {
    const first = this.readings + 2;
    for (;;) {
      signal.throwIfAborted();
      const { state } = this;
      // Two readings on, so that it began after the last event was published.
      if (state !== undefined && this.readings >= first) {
        // Somebody else's events may keep the lag above zero for ever.
        if (isIn(state) && (state.lag === 0 || this.readings >= first + 20)) return true;
        if (state.lag === 0 && state.vectors >= state.items) return false;
      }
      await sleep(100, undefined, { signal });
    }
  }

  private async read(): Promise<void> {
    const counted = this.publishedSince;
    this.state = stateOf(await this.readStatus());
    this.lag = this.state.lag;
    this.publishedSince -= counted;
    this.readings += 1;
    this.onState(this.state);
  }
}

const isIn = (state: DemoState) =>
  state.items >= demoItems && state.vectors >= demoItems && state.interactions >= demoTotals.ratings;

export function stateOf(status: GetStatusResponse): DemoState {
  const names = new Set(demoCollections.map((collection) => collection.name));
  const collections = status.collections.filter((collection) => names.has(collection.name));
  const sum = (numbers: bigint[]) => Number(numbers.reduce((total, number) => total + number, 0n));
  return {
    items: sum(collections.map((collection) => collection.items)),
    vectors: sum(collections.map((collection) => collection.vectors)),
    interactions: Number(status.interactions),
    lag: sum(status.lags.map((lag) => lag.lag)),
  };
}
