/** Work that is done again and again, never twice at a time, until it is stopped. */
export class Repeated {
  private readonly stopping = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;

  /** `failed` hears of what a round throws; the next round comes all the same. */
  constructor(
    private readonly work: () => Promise<unknown>,
    private readonly failed: (error: unknown) => void,
  ) {}

  /** Aborted once it is to stop: work in hand should end. */
  get signal(): AbortSignal {
    return this.stopping.signal;
  }

  start(everyMs: number): void {
    this.timer = setInterval(() => {
      this.running ??= this.round().finally(() => {
        this.running = undefined;
      });
    }, everyMs);
    this.timer.unref();
  }

  /** When the round in hand has ended. */
  async stop(): Promise<void> {
    this.stopping.abort();
    clearInterval(this.timer);
    await this.running;
  }

  private async round(): Promise<void> {
    try {
      await this.work();
    } catch (error) {
      if (!this.signal.aborted) this.failed(error);
    }
  }
}
