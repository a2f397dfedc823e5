import { setTimeout as sleep } from 'node:timers/promises';
import type { Messaging, OutgoingMessage } from '@kindred/messaging';
import { type DemoEvent, type DemoPart, demoParts, demoTopics, readDemo } from './demo-files.ts';
import { type DemoMarker, newMarker, writeMarker } from './demo-marker.ts';
import { nextChunk } from './demo-plan.ts';
import type { DemoWatch } from './demo-watch.ts';

/**
 * Most events on their way through the consumers. Publishing is faster than storing and embedding; more than this
 * would only put answers about the first products behind the storage of the last ratings.
 */
const mostInFlight = 10_000;

export interface DemoLoadOptions {
  messaging: Pick<Messaging, 'publish'>;
  tenant: string;
  dataFolder: string;
  watch: Pick<DemoWatch, 'inFlight' | 'published' | 'settled'>;
  signal: AbortSignal;
}

/**
 * Publishes the demo's events as any producer would, beginning where an earlier run ended, and resolves once everything
 * is stored and searchable. Every event has a fixed id and revision, so a repeated chunk changes nothing.
 */
export class DemoLoad {
  private readonly readers = new Map<DemoPart, AsyncGenerator<DemoEvent>>();
  private repeated = false;

  constructor(
    private readonly options: DemoLoadOptions,
    private marker: DemoMarker,
  ) {}

  async run(): Promise<void> {
    const { dataFolder, watch, signal } = this.options;
    while (!this.marker.complete) {
      await this.publishAll();
      if (await watch.settled(signal)) this.marker.complete = true;
      // The log lost something that was noted as published (a restored backup, a copied folder): once more, from the start.
      else if (!this.repeated) await this.beginAgain();
      else this.marker.complete = true;
    }
    await writeMarker(dataFolder, this.marker);
  }

  /** Events of all parts that were published, by this run or an earlier one. */
  get published(): number {
    return demoParts.reduce((sum, part) => sum + this.marker.published[part], 0);
  }

  private async publishAll(): Promise<void> {
    const { messaging, dataFolder, watch, signal } = this.options;
    for (let chunk = nextChunk(this.marker.published); chunk !== undefined; chunk = nextChunk(this.marker.published)) {
      while (watch.inFlight() + chunk.size > mostInFlight) await sleep(50, undefined, { signal });
      signal.throwIfAborted();
      const messages = await this.take(chunk.part, chunk.size);
      await messaging.publish(demoTopics[chunk.part], messages);
      this.marker.published[chunk.part] += messages.length;
      watch.published(messages.length);
      await writeMarker(dataFolder, this.marker);
    }
  }

  private async take(part: DemoPart, size: number): Promise<OutgoingMessage[]> {
    const reader = this.readers.get(part) ?? readDemo(part, this.marker.published[part]);
    this.readers.set(part, reader);
    const messages: OutgoingMessage[] = [];
    while (messages.length < size) {
      const next = await reader.next();
      if (next.done)
        throw new Error(`the packed ${part} of the demo end before their declared number; pack them again`);
      messages.push({ tenant: this.options.tenant, key: next.value.key, value: next.value.value });
    }
    return messages;
  }

  private async beginAgain(): Promise<void> {
    this.repeated = true;
    this.marker = newMarker();
    this.readers.clear();
    await writeMarker(this.options.dataFolder, this.marker);
  }
}
