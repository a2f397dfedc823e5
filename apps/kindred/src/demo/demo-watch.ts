import { setTimeout as sleep } from 'node:timers/promises';
import type { GetStatusResponse, TopicName } from '@kindred/contracts';
import type { Messaging } from '@kindred/messaging';
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
const lagMs = 250;
const statusMs = 1_000;
const slowestStatusMs = 5_000;
/** Counting takes longer the more is in; the load may spend a tenth of its time on it. */
const statusShare = 10;
/** A busy machine may miss its deadline now and then; more failures in a row are a fault. */
const mostFailures = 20;
/** Counts in a row that show everything in although a lag remains: somebody else's events keep it up. */
const patience = 5;

export interface WatchSources {
  readStatus: () => Promise<GetStatusResponse>;
  messaging: Pick<Messaging, 'lag'>;
  onState: (state: DemoState) => void;
}

/** Follows the load: the lag four times a second, so as not to outrun the consumers, and what is in, for the bars. */
export class DemoWatch {
  private consumers: { group: string; topic: TopicName }[] = [];
  private lag = 0;
  private publishedSince = 0;
  private readings = 0;
  private state: DemoState | undefined;
  private statusDue = 0;

  constructor(private readonly sources: WatchSources) {}

  /** Polls until aborted; rejects when the server stops answering. */
  async run(signal: AbortSignal): Promise<void> {
    let failures = 0;
    while (!signal.aborted) {
      try {
        if (performance.now() >= this.statusDue) await this.count();
        await this.readLag();
        failures = 0;
      } catch (error) {
        failures += 1;
        if (failures >= mostFailures) throw error;
      }
      await sleep(lagMs, undefined, { signal }).catch(() => undefined);
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
    // The next count may have begun before the last event was published; the one after it has not.
    const first = this.readings + 2;
    for (;;) {
      signal.throwIfAborted();
      const { state } = this;
      if (state !== undefined && this.readings >= first) {
        if (isIn(state) && (state.lag === 0 || this.readings >= first + patience)) return true;
        if (state.lag === 0 && state.vectors >= state.items) return false;
      }
      if (this.lag === 0) this.statusDue = Math.min(this.statusDue, performance.now() + statusMs);
      await sleep(100, undefined, { signal });
    }
  }

  private async count(): Promise<void> {
    const begun = performance.now();
    const status = await this.sources.readStatus();
    const ended = performance.now();
    this.statusDue = ended + Math.min(Math.max(statusMs, statusShare * (ended - begun)), slowestStatusMs);
    this.consumers = status.lags.map(({ group, topic }) => ({ group, topic: topic as TopicName }));
    this.state = stateOf(status);
    this.readings += 1;
  }

  private async readLag(): Promise<void> {
    const counted = this.publishedSince;
    const lags = await this.sources.messaging.lag(this.consumers);
    this.lag = lags.reduce((sum, { lag }) => sum + lag, 0);
    this.publishedSince -= counted;
    if (this.state !== undefined) this.sources.onState(this.state);
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
