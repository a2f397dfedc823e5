import { setImmediate } from 'node:timers/promises';
import { Interrupted, type Progress, type Terminal } from './terminal.ts';

/** Writes down what a person would see, in order, and answers at once. */
export class FakeTerminal implements Terminal {
  interactive = true;
  /** One per question; without any left the answer is no. */
  answers: boolean[] = [];
  /** Ctrl-C at this pause, counted from 1. */
  interruptAtPause = 0;
  readonly printed: string[] = [];
  /** Everything: "> " printed, "! " noted, "? " asked, "# " the bar. */
  readonly log: string[] = [];
  barsOpen = 0;
  private pauses = 0;
  private controller = new AbortController();

  print(text: string): void {
    this.printed.push(text);
    this.log.push(`> ${text}`);
  }

  note(text: string): void {
    this.log.push(`! ${text}`);
  }

  async confirm(question: string): Promise<boolean> {
    this.log.push(`? ${question}`);
    return this.answers.shift() ?? false;
  }

  progress(label: string): Progress {
    this.barsOpen += 1;
    return {
      update: (share, text) => this.log.push(`# ${label} ${Math.round(share * 100)}% ${text}`),
      stop: () => {
        this.barsOpen -= 1;
      },
    };
  }

  pause = async (_ms: number, signal: AbortSignal): Promise<void> => {
    this.pauses += 1;
    if (this.pauses === this.interruptAtPause) this.controller.abort(new Interrupted());
    await setImmediate();
    signal.throwIfAborted();
  };

  untilInterrupted<Result>(work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
    this.controller = new AbortController();
    return work(this.controller.signal);
  }
}
