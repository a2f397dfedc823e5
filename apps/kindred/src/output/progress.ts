import cliProgress from 'cli-progress';
import { count } from './format.ts';

/** One bar on a terminal, nothing elsewhere; on standard error, so that output stays clean. */
export class ProgressBar {
  private readonly bar?: cliProgress.SingleBar;

  constructor(label: string, enabled = process.stderr.isTTY === true) {
    if (!enabled) return;
    this.bar = new cliProgress.SingleBar({
      format: `${label} {bar} {percentage}% · {done}`,
      stream: process.stderr,
      hideCursor: true,
      clearOnComplete: true,
      barsize: 30,
      fps: 10,
      barCompleteChar: '█',
      barIncompleteChar: '░',
    });
    this.bar.start(1000, 0, { done: '0' });
  }

  /** `share` is 0-1; `done` is a count, or a text of its own. */
  update(share: number, done: number | string): void {
    this.bar?.update(Math.round(share * 1000), { done: typeof done === 'number' ? count(done) : done });
  }

  stop(): void {
    this.bar?.stop();
  }
}
