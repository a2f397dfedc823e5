import type { Database } from '@kindred/database';
import { pruneEventLog } from '@kindred/messaging';
import type { Log } from '@kindred/runtime';
import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';

const everyMs = 3_600_000;

/** Keeps the event log in the database from growing without end: what all groups have passed goes after some days. */
export class LogPruning implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly database: Database,
    private readonly keepDays: number,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.prune(), everyMs).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  private async prune(): Promise<void> {
    try {
      const deleted = await pruneEventLog(this.database, this.keepDays);
      if (deleted > 0) this.log.info({ deleted, keepDays: this.keepDays }, 'event log pruned');
    } catch (err) {
      this.log.warn({ err }, 'the event log was not pruned; it is tried again in an hour');
    }
  }
}
