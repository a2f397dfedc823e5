import { type Database, sqlState } from '@kindred/database';
import type { Log } from '@kindred/runtime';
import { type CollectionDirectory, noteQueries } from '@kindred/vector-index';
import type { BeforeApplicationShutdown } from '@nestjs/common';

const flushMs = 2_000;
/** Between two flushes; what comes beyond it is left out: the log is a sample. */
const mostWaiting = 200;
/** Kept per collection. */
const kept = 1_000;
const longest = 256;
/** SQLSTATE of what a server in recovery does not execute. */
const refusedByReplica = '25006';

/** Keeps the latest texts that were asked, for comparing models with. Never costs an answer: it writes beside them. */
export class QueryLog implements BeforeApplicationShutdown {
  private waiting = new Map<string, Set<string>>();
  private size = 0;
  private timer: NodeJS.Timeout | undefined;
  private flushing: Promise<void> = Promise.resolve();
  private off: boolean;

  constructor(
    private readonly database: Database,
    private readonly collections: CollectionDirectory,
    private readonly log: Log,
    on: boolean,
  ) {
    this.off = !on;
  }

  note(tenant: string, collection: string, text: string): void {
    const query = text.trim();
    if (this.off || this.size >= mostWaiting || query.length > longest) return;
    const key = JSON.stringify([tenant, collection]);
    const texts = this.waiting.get(key) ?? new Set();
    this.waiting.set(key, texts.add(query));
    this.size += 1;
    this.timer ??= setTimeout(() => this.flush(), flushMs).unref();
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
    this.flushing = this.flushing.then(() => this.write(waiting));
  }

  private async write(waiting: ReadonlyMap<string, ReadonlySet<string>>): Promise<void> {
    try {
      for (const [key, texts] of waiting) {
        const [tenant, name] = JSON.parse(key) as [string, string];
        const { collectionId } = await this.collections.get(tenant, name);
        await this.database.transaction({ tenant }, (sql) => noteQueries(sql, collectionId, [...texts], kept));
      }
    } catch (error) {
      if (sqlState(error) === refusedByReplica) {
        this.off = true;
        this.log.info({}, 'recent queries are not kept: the database is a replica');
      } else this.log.warn({ err: error }, 'recent queries were not kept');
    }
  }
}
