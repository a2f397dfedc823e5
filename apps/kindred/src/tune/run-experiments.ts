import { longTime } from '../output/format.ts';
import type { Progress } from '../output/terminal.ts';
import { copyTable, exactSql } from './index-sql.ts';
import { breadthName, type Experiment, variantName } from './index-variant.ts';
import { type Bench, measure, timesAlone } from './measure.ts';
import { percentile } from './percentile.ts';
import type { TuneResult } from './tune-result.ts';
import { buildIndex, relationBytes } from './tuning.store.ts';

/** A build takes about as long as so many searches' measurements. */
const buildWeight = 3;

/** Share done and time left, of steps that weigh differently. */
export class Steps {
  private done = 0;
  private readonly start = performance.now();

  constructor(
    private readonly total: number,
    private readonly bar: Progress,
  ) {}

  show(text: string): void {
    const share = this.done / this.total;
    const seconds = (performance.now() - this.start) / 1_000;
    const left = this.done === 0 ? '' : ` · ETA ${longTime((seconds * (1 - share)) / share)}`;
    this.bar.update(share, `${text}${left}`);
  }

  finish(weight: number): void {
    this.done += weight;
  }
}

/** What all experiments weigh together, with the exact search before them. */
export const totalWeight = (experiments: readonly Experiment[]): number =>
  experiments.reduce((sum, { breadths }) => sum + buildWeight + breadths.length, buildWeight);

/** Exact answers to every query, and the p50 of finding them. */
export async function exactAnswers(bench: Omit<Bench, 'exact'>, steps: Steps) {
  const { sessions, shape, queries, signal } = bench;
  const session = sessions[0]!;
  const exact: number[][] = [];
  for (const [at, query] of queries.entries()) {
    signal.throwIfAborted();
    steps.show(`exact search ${at + 1}/${queries.length}`);
    exact.push((await session.search(exactSql(shape, 100), query)).map((row) => row.distance));
  }
  steps.finish(buildWeight);
  return { exact, exactP50Ms: await exactP50({ ...bench, exact }) };
}

/** Milliseconds of a scan of all: the same work each time, so that it tells how busy the machine is. */
async function exactP50(bench: Bench): Promise<number> {
  const few = { ...bench, queries: bench.queries.slice(0, 20), leastMs: 0 };
  return percentile(await timesAlone(few, exactSql(bench.shape, 10)), 0.5);
}

/** Scans that differ by more than this were disturbed by something else. */
const steady = 1.5;

function busyNotes(scans: readonly number[]): string[] {
  const [least, most] = [Math.min(...scans), Math.max(...scans)];
  if (most <= steady * least) return [];
  const range = `the same exact scan took ${least.toFixed(1)} to ${most.toFixed(1)} ms`;
  return [`The machine was busy with something else (${range}): recall holds, times and QPS compare badly`];
}

/** Builds and searches one index after the other; each search's figures follow its build. */
export async function runExperiments(
  bench: Bench,
  experiments: readonly Experiment[],
  steps: Steps,
): Promise<{ results: TuneResult[]; notes: string[] }> {
  const session = bench.sessions[0]!;
  const results: TuneResult[] = [];
  const scans: number[] = [];
  for (const { variant, breadths } of experiments) {
    steps.show(`building ${variantName(variant)}`);
    const start = performance.now();
    const indexBytes = await buildIndex(session, variant, bench.shape);
    const buildSeconds = (performance.now() - start) / 1_000;
    bench.signal.throwIfAborted();
    steps.finish(buildWeight);
    const table = variant.element === 'bit' ? await relationBytes(session, copyTable) : 0;
    for (const breadth of breadths) {
      steps.show(`${variantName(variant)} ${breadthName(variant)}=${breadth}`);
      const measured = await measure(bench, variant, breadth);
      results.push({ ...measured, buildSeconds, indexBytes, memoryBytes: indexBytes + table });
      steps.finish(1);
    }
    scans.push(await exactP50(bench));
  }
  return { results, notes: busyNotes(scans) };
}
