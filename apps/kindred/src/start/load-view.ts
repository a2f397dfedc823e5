import cliProgress from 'cli-progress';
import { demoTotals } from '../demo/demo-files.ts';
import { type DemoState, demoItems } from '../demo/demo-watch.ts';
import { count } from '../output/format.ts';

const everyEvent = demoItems + demoTotals.ratings;
const linesMs = 5_000;

/** How far the demo is: three bars on a terminal, a plain line every five seconds elsewhere. */
export class LoadView {
  private readonly bars?: { all: cliProgress.MultiBar; each: cliProgress.SingleBar[] };
  private lastLine = 0;

  constructor(private readonly print: (line: string) => void = console.log) {
    if (process.stdout.isTTY !== true) return;
    const all = new cliProgress.MultiBar({
      format: '  {label} {bar} {percentage}% · {done} of {all}',
      stream: process.stdout,
      hideCursor: true,
      barsize: 30,
      fps: 5,
      autopadding: true,
      barCompleteChar: '█',
      barIncompleteChar: '░',
    });
    const bar = (label: string, total: number) => all.create(total, 0, { label, done: '0', all: count(total) });
    this.bars = {
      all,
      each: [bar('published ', everyEvent), bar('stored    ', everyEvent), bar('searchable', demoItems)],
    };
  }

  show(published: number, state: DemoState): void {
    const stored = state.items + state.interactions;
    if (this.bars) {
      [published, stored, state.vectors].forEach((value, index) => {
        this.bars!.each[index]!.update(value, { done: count(value) });
      });
      return;
    }
    if (performance.now() - this.lastLine < linesMs) return;
    this.lastLine = performance.now();
    this.print(
      `demo: published ${count(published)} and stored ${count(stored)} of ${count(everyEvent)} events, searchable ${count(state.vectors)} of ${count(demoItems)} items`,
    );
  }

  stop(): void {
    this.bars?.all.stop();
  }
}
