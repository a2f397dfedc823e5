import { type Database, isOfReplica } from '@kindred/database';
import type { Caller, Log } from '@kindred/runtime';
import { type CollectionDirectory, noteQueries, noteRequests } from '@kindred/vector-index';
import type { BeforeApplicationShutdown } from '@nestjs/common';

const flushMs = 2_000;
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
  private timer: NodeJS.Timeout | undefined;
  private flushing: Promise<void> = Promise.resolve();
  private writing = false;
  private off: boolean;

  constructor(
    private readonly database: Database,
    private readonly collections: CollectionDirectory,
    private readonly log: Log,
    on: boolean,
  ) {
    this.off = !on;
  }

  note({ tenant, requestId }: Pick<Caller, 'tenant' | 'requestId'>, collection: string, text: string): void {
    const query = text.trim();
    if (this.off || this.size >= mostWaiting || query.length > longest) return;
    const key = JSON.stringify([tenant, collection]);
    const asked = this.waiting.get(key) ?? { texts: new Set(), requests: new Map() };
    this.waiting.set(key, asked);
    asked.texts.add(query);
    // The queries of a batch have one id, which then tells nothing.
    const before = asked.requests.get(requestId) ?? query;
    asked.requests.set(requestId, before === query ? query : '');
    this.size += 1;
    if (this.size >= mostWaiting && !this.writing) this.flush();
    else this.timer ??= setTimeout(() => this.flush(), flushMs).unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.flush();
    await this.flushing;
  }

  private flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const { waiting } = this;
    this.waiting = new Map();
    this.size = 0;
    this.writing = true;
    this.flushing = this.flushing.then(() => this.write(waiting));
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
    } catch (error) {
      if (isOfReplica(error)) {
        this.off = true;
        this.log.info({}, 'recent queries are not kept: the database is a replica');
      } else this.log.warn({ err: error }, 'recent queries were not kept');
    } finally {
      this.writing = false;
    }
  }
}
