import type { Database } from '@kindred/database';
import type { Caller, Log } from '@kindred/runtime';
import { type CollectionDirectory, noteQueries, noteRequests } from '@kindred/vector-index';
import type { BeforeApplicationShutdown } from '@nestjs/common';
import { LaterWrites } from './later-writes.ts';

const later = {
  afterMs: 2_000,
  ended: 'recent queries are not kept',
  failed: 'recent queries were not kept',
};
/** So many are written at once, before the time has come; what comes beyond while they are being written is left out. */
const mostWaiting = 200;
/** Texts kept per collection. */
const kept = 1_000;
/** Requests kept per collection: clicks come minutes after them, and learning needs thousands. */
const keptRequests = 20_000;
const longest = 256;

/** By tenant and collection: the texts, and the one of each request; empty where a request asked for several. */
type Waiting = Map<string, { texts: Set<string>; requests: Map<string, string> }>;

/**
 * Keeps the latest texts that were asked, for comparing models with, and which request asked for which, for learning from
 * clicks. Never costs an answer: it writes beside them.
 */
export class QueryLog implements BeforeApplicationShutdown {
  private waiting: Waiting = new Map();
  private size = 0;
  private writing = false;
  private readonly writes: LaterWrites;

  constructor(
    private readonly database: Database,
    private readonly collections: CollectionDirectory,
    log: Log,
    private readonly on: boolean,
  ) {
    this.writes = new LaterWrites(log, later);
  }

  note({ tenant, requestId }: Pick<Caller, 'tenant' | 'requestId'>, collection: string, text: string): void {
    const query = text.trim();
    if (!this.on || this.writes.areOver || this.size >= mostWaiting || query.length > longest) return;
    const key = JSON.stringify([tenant, collection]);
    const asked = this.waiting.get(key) ?? { texts: new Set(), requests: new Map() };
    this.waiting.set(key, asked);
    asked.texts.add(query);
    // The queries of a batch have one id, which then tells nothing.
    const before = asked.requests.get(requestId) ?? query;
    asked.requests.set(requestId, before === query ? query : '');
    this.size += 1;
    if (this.size >= mostWaiting && !this.writing) this.flush();
    else this.writes.schedule(() => this.flush());
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.flush();
    await this.writes.done();
  }

  private flush(): void {
    const { waiting } = this;
    this.waiting = new Map();
    this.size = 0;
    this.writing = true;
    this.writes.begin(() => this.write(waiting));
  }

  private async write(waiting: Waiting): Promise<void> {
    try {
      for (const [key, { texts, requests }] of waiting) {
        const [tenant, name] = JSON.parse(key) as [string, string];
        const { collectionId } = await this.collections.get(tenant, name);
        await this.database.transaction({ tenant }, async (sql) => {
          await noteQueries(sql, collectionId, [...texts], kept);
          await noteRequests(sql, collectionId, requests, keptRequests);
        });
      }
    } finally {
      this.writing = false;
    }
  }
}
