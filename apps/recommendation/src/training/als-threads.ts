import type { Worker } from 'node:worker_threads';
import type { AlsSettings, AlsState, Prepared, Side } from '@kindred/ranking';
import type { AlsTask, AlsTaskResult, AlsThreadData } from './als-tasks.ts';
import { trainingThread } from './training-thread.ts';

const workerModule = new URL('./als-worker', import.meta.url);
/** Ranges per thread and step: rows differ in length, so equal numbers of rows are not equal work. */
const rangesPerThread = 4;

/** Runs the steps of ImplicitAls in worker threads over shared memory; this thread only hands them out. */
export class AlsThreads {
  private readonly idle: Worker[];
  private readonly all: Worker[];
  private itemAxes: Prepared | undefined;

  constructor(
    private readonly state: AlsState,
    private readonly settings: AlsSettings,
    threads: number,
  ) {
    const workerData: AlsThreadData = { state, settings };
    this.all = Array.from({ length: threads }, () => trainingThread(workerModule, workerData));
    this.idle = [...this.all];
  }

  /** Solves users from items, then items from users. Returns the loss, and the eigenvalues of the items' Gramian. */
  async epoch(): Promise<{ loss: number; spectrum: Float64Array }> {
    this.itemAxes ??= await this.turned('items');
    await this.solved('users', this.itemAxes);
    const penalty = (await this.ask({ step: 'penalty', side: 'users' })).loss!;
    const axes = await this.turned('users');
    const loss = penalty + (await this.solved('items', axes));
    // Items stand in their principal axes between two epochs: so they can be folded into, and kept.
    this.itemAxes = await this.turned('items');
    return { loss, spectrum: this.itemAxes.spectrum };
  }

  async close(): Promise<void> {
    await Promise.all(this.all.map((worker) => worker.terminate()));
  }

  private async turned(side: Side): Promise<Prepared> {
    const lower = new Float64Array(this.settings.dimensions ** 2);
    const parts = await this.each(side, (range) => ({ step: 'gramian', ...range }));
    // In the order of the ranges, so that the number of threads alone decides about rounding.
    for (const { gramian } of parts) for (let at = 0; at < lower.length; at++) lower[at]! += gramian![at]!;
    const axes = (await this.ask({ step: 'axes', lower })).axes!;
    await this.each(side, (range) => ({ step: 'turn', axes, ...range }));
    return axes;
  }

  private async solved(side: Side, axes: Prepared): Promise<number> {
    const parts = await this.each(side, (range) => ({ step: 'solve', axes, ...range }));
    return parts.reduce((sum, { loss }) => sum + loss!, 0);
  }

  private async each(side: Side, taskOf: (range: { side: Side; from: number; to: number }) => AlsTask) {
    const rows = side === 'users' ? this.state.byUser : this.state.byItem;
    const count = rows.offsets.length - 1;
    const size = Math.max(1, Math.ceil(count / (this.all.length * rangesPerThread)));
    const tasks: AlsTask[] = [];
    for (let from = 0; from < count; from += size) tasks.push(taskOf({ side, from, to: Math.min(from + size, count) }));
    const results: AlsTaskResult[] = [];
    let next = 0;
    const work = async () => {
      for (let at = next++; at < tasks.length; at = next++) results[at] = await this.ask(tasks[at]!);
    };
    await Promise.all(this.all.map(work));
    return results;
  }

  private async ask(task: AlsTask): Promise<AlsTaskResult> {
    const worker = this.idle.pop()!;
    const result = await answerOf(worker, task);
    this.idle.push(worker);
    if (result.failed !== undefined) throw new RangeError(result.failed);
    return result;
  }
}

function answerOf(worker: Worker, task: AlsTask): Promise<AlsTaskResult> {
  return new Promise((resolve, reject) => {
    const answered = (result: AlsTaskResult) => settle(() => resolve(result));
    const failed = (error: unknown) => settle(() => reject(error));
    const ended = (code: number) => settle(() => reject(new Error(`a training thread ended with code ${code}`)));
    const settle = (end: () => void) => {
      worker.off('message', answered).off('error', failed).off('exit', ended);
      end();
    };
    worker.on('message', answered).on('error', failed).on('exit', ended);
    worker.postMessage(task);
  });
}
