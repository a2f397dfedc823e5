import { mean, nearestRecall } from '@kindred/ranking';
import { CliError } from '../cli-error.ts';
import { searchSql, tunedIndex } from './index-sql.ts';
import { breadthName, type IndexVariant, type VectorShape, variantName } from './index-variant.ts';
import { meanError, percentile } from './percentile.ts';
import type { TuneResult } from './tune-result.ts';
import type { TuningSession } from './tuning-session.ts';

/** What every search is measured with. */
export interface Bench {
  /** The first one also measures alone. */
  sessions: TuningSession[];
  shape: VectorShape;
  queries: Buffer[];
  /** Distances of the true first 100 of each query. */
  exact: number[][];
  /** Least time of a measurement, for one client and for all. */
  leastMs: number;
  signal: AbortSignal;
}

type Measured = Omit<TuneResult, 'buildSeconds' | 'indexBytes' | 'memoryBytes'>;

/** Searches the built index with one breadth. */
export async function measure(bench: Bench, variant: IndexVariant, breadth: number): Promise<Measured> {
  const { sessions, shape, queries, exact } = bench;
  const alone = sessions[0]!;
  const settings = breadthSettings(variant, breadth);
  for (const session of sessions) await session.set(settings);
  const [deep, page] = [100, 10].map((limit) => searchSql(variant, shape, limit, breadth));
  if (!(await alone.usesIndex(page!, queries[0]!, tunedIndex)))
    throw new CliError(`PostgreSQL does not search ${variantName(variant)} by its index; nothing can be measured`);
  const deepFound = await distances(bench, deep!);
  const pageFound = await distances(bench, page!);
  const recalls = (k: number, found: number[][]) => found.map((row, at) => nearestRecall(k, row, exact[at]!));
  const times = await timesAlone(bench, page!);
  const total = times.reduce((sum, time) => sum + time, 0);
  return {
    variant,
    breadth,
    recall1: mean(recalls(1, pageFound)),
    recall10: mean(recalls(10, pageFound)),
    recall100: mean(recalls(100, deepFound)),
    recall10Error: Math.max(meanError(recalls(10, pageFound)), leastError(queries.length)),
    p50Ms: percentile(times, 0.5),
    p95Ms: percentile(times, 0.95),
    p99Ms: percentile(times, 0.99),
    qps: (1_000 * times.length) / total,
    qpsClients: await together(bench, page!),
  };
}

/** Where none of 10 n hits is missed, up to 3 in 10 n may be (the rule of three). */
const leastError = (count: number) => 3 / (10 * count);

const breadthSettings = (variant: IndexVariant, breadth: number): Record<string, string> => ({
  [`${variant.method}.${breadthName(variant)}`]: String(breadth),
});

async function distances({ sessions, queries, signal }: Bench, text: string): Promise<number[][]> {
  const found: number[][] = [];
  for (const query of queries) {
    signal.throwIfAborted();
    found.push((await sessions[0]!.search(text, query)).map((row) => row.distance));
  }
  return found;
}

/** Milliseconds of each search; every query once at least. */
export async function timesAlone({ sessions, queries, leastMs, signal }: Bench, text: string): Promise<number[]> {
  const times: number[] = [];
  const end = performance.now() + leastMs;
  do {
    for (const query of queries) {
      signal.throwIfAborted();
      const start = performance.now();
      await sessions[0]!.search(text, query);
      times.push(performance.now() - start);
    }
  } while (performance.now() < end);
  return times;
}

/** Searches a second of all clients at once, each through the queries from a place of its own. */
async function together({ sessions, queries, leastMs, signal }: Bench, text: string): Promise<number> {
  const least = Math.ceil(queries.length / sessions.length);
  const start = performance.now();
  const counts = await Promise.all(
    sessions.map(async (session, place) => {
      let done = 0;
      for (let at = Math.floor((place * queries.length) / sessions.length); ; at++) {
        signal.throwIfAborted();
        await session.search(text, queries[at % queries.length]!);
        done += 1;
        if (done >= least && performance.now() - start >= leastMs) return done;
      }
    }),
  );
  return (1_000 * counts.reduce((sum, count) => sum + count, 0)) / (performance.now() - start);
}
