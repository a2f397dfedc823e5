import type { BatchContext } from '../messaging.ts';

const typeOf = (error: unknown) => (error as { type?: string }).type;
/** The group goes on without us: what we do now, another member does too. */
const lostTypes = ['UNKNOWN_MEMBER_ID', 'ILLEGAL_GENERATION', 'FENCED_INSTANCE_ID'];
const rebalanceTypes = ['REBALANCE_IN_PROGRESS', 'NOT_COORDINATOR_FOR_GROUP'];

/**
 * Keeps the membership alive while a handler works. A rebalance waits until the batch in flight is committed;
 * a lost membership aborts the handler.
 */
export class Heartbeats {
  readonly context: BatchContext;
  private readonly controller = new AbortController();
  private readonly timer: NodeJS.Timeout;
  private ending: Error | undefined;

  constructor(
    private readonly beat: () => Promise<void>,
    interval: number,
  ) {
    this.timer = setInterval(() => void this.tick(), interval);
    this.context = { signal: this.controller.signal, heartbeat: () => this.beatNow() };
  }

  /** Stops the beating; the last word is `throwIfEnding`. */
  end(): void {
    clearInterval(this.timer);
  }

  /** Makes the handler give up. */
  abort(reason: Error): void {
    this.controller.abort(reason);
  }

  /** Throws what kafkajs needs to see to join the group again. */
  throwIfEnding(): void {
    if (this.ending) throw this.ending;
  }

  private async beatNow(): Promise<void> {
    await this.tick();
    this.context.signal.throwIfAborted();
  }

  private async tick(): Promise<void> {
    try {
      await this.beat();
    } catch (error) {
      const type = typeOf(error) ?? '';
      // Anything else is the connection: the commit will tell.
      if (!rebalanceTypes.includes(type) && !lostTypes.includes(type)) return;
      this.ending = error as Error;
      if (lostTypes.includes(type)) this.controller.abort(error);
    }
  }
}
