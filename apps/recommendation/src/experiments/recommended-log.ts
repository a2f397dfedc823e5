import { KindredError, type StatusName } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import type { Log } from '@kindred/runtime';
import type { BeforeApplicationShutdown } from '@nestjs/common';
import { insertRecommended, type RecommendedRow } from './recommended.store.ts';

const flushMs = 500;
const retryMs = 5_000;
const rowsPerStatement = 500;
/** What a database that is away costs in memory: about 10 MB. What comes beyond it is lost, and told. */
const mostWaiting = 20_000;

const passing: ReadonlySet<string> = new Set<StatusName>(['UNAVAILABLE', 'DEADLINE_EXCEEDED']);

interface Waiting {
  tenant: string;
  row: RecommendedRow;
}

/** Notes answers beside them: half a second later, in batches, again where the database was away. Never costs an answer. */
export class RecommendedLog implements BeforeApplicationShutdown {
  private waiting: Waiting[] = [];
  private lost = 0;
  private timer: NodeJS.Timeout | undefined;
  private flushing: Promise<void> = Promise.resolve();

  constructor(
    private readonly database: Database,
    private readonly log: Log,
  ) {}

  note(tenant: string, row: RecommendedRow): void {
    this.keep(tenant, [row], flushMs);
  }

  private keep(tenant: string, rows: RecommendedRow[], delayMs: number): void {
    const taken = rows.slice(0, mostWaiting - this.waiting.length);
    for (const row of taken) this.waiting.push({ tenant, row });
    this.lost += rows.length - taken.length;
    this.timer ??= setTimeout(() => void this.flush(), delayMs).unref();
  }

  /** Until all that was noted is stored, or has failed once. */
  flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.flushing = this.flushing.then(() => this.writeAll());
    return this.flushing;
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.flush();
    clearTimeout(this.timer);
    if (this.waiting.length > 0)
      this.log.warn({ answers: this.waiting.length }, 'answers were not noted before the end');
  }

  private async writeAll(): Promise<void> {
    const taken = this.waiting;
    this.waiting = [];
    for (const tenant of new Set(taken.map((one) => one.tenant))) {
      const rows = taken.filter((one) => one.tenant === tenant).map((one) => one.row);
      for (let from = 0; from < rows.length; from += rowsPerStatement) {
        await this.write(tenant, rows.slice(from, from + rowsPerStatement));
      }
    }
    if (this.lost > 0)
      this.log.warn({ answers: this.lost }, 'more answers waited to be noted than are kept; they are lost');
    this.lost = 0;
  }

  private async write(tenant: string, rows: RecommendedRow[]): Promise<void> {
    try {
      await this.database.transaction({ tenant }, (sql) => insertRecommended(sql, rows));
    } catch (error) {
      const isAway = error instanceof KindredError && passing.has(error.status);
      const what = isAway ? 'answers could not be noted; trying again' : 'answers could not be noted, and are lost';
      this.log.warn({ err: error, answers: rows.length }, what);
      if (isAway) this.keep(tenant, rows, retryMs);
    }
  }
}
