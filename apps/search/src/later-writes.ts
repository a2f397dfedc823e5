import { isOfReplica } from '@kindred/database';
import type { Log } from '@kindred/runtime';

export interface Later {
  afterMs: number;
  /** What is logged where the database is a replica, which ends them all, and of any other failure. */
  ended: string;
  failed: string;
}

/** Writes beside the answers: put off, then one after the other, so that the last are done when a process ends. */
export class LaterWrites {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();
  private refused = false;

  constructor(
    private readonly log: Log,
    private readonly later: Later,
  ) {}

  /** Whether the database turned out to take none. */
  get areOver(): boolean {
    return this.refused;
  }

  /** Calls `flush` after a while, unless that is to come already. */
  schedule(flush: () => void): void {
    this.timer ??= setTimeout(flush, this.later.afterMs).unref();
  }

  /** Behind those under way, in place of what was put off. */
  begin(write: () => Promise<void>): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.running = this.running.then(() => write().catch((error: unknown) => this.explain(error)));
  }

  /** When all that were begun have ended. */
  done(): Promise<void> {
    return this.running;
  }

  private explain(error: unknown): void {
    if (isOfReplica(error)) {
      this.refused = true;
      this.log.info({}, `${this.later.ended}: the database is a replica`);
    } else this.log.warn({ err: error }, this.later.failed);
  }
}
