import { type Latencies, measure, median, middle } from '../latencies.ts';
import { cpuOf } from './cpu-clock.ts';

/** One of the things that are compared: how it answers query number `index` for the client in `slot`. */
export interface Side {
  name: string;
  run: (index: number, slot: number) => Promise<unknown>;
  /** Processes that serve it. */
  pids: () => Promise<number[]> | number[];
}

export interface Measured extends Latencies {
  /** Milliseconds of processor time per query of all that serve it; absent where the system does not tell. */
  cpu?: number;
}

/** Medians of `rounds` interleaved rounds behind one that warms up, by name. */
export async function compare(
  sides: readonly Side[],
  { queries, clients, rounds }: { queries: number; clients: number; rounds: number },
): Promise<Map<string, Measured>> {
  const results = new Map<string, Measured[]>(sides.map(({ name }) => [name, []]));
  for (let round = 0; round <= rounds; round++) {
    for (const side of sides) {
      const pids = await side.pids();
      const before = cpuOf(pids);
      const latencies = await measure(queries, clients, side.run);
      const after = cpuOf(pids);
      const cpu = before === undefined || after === undefined ? undefined : (after - before) / queries;
      if (round > 0) results.get(side.name)!.push({ ...latencies, cpu });
    }
  }
  return new Map([...results].map(([name, list]) => [name, summary(list)]));
}

function summary(list: Measured[]): Measured {
  const cpus = list.flatMap(({ cpu }) => (cpu === undefined ? [] : [cpu]));
  return { ...middle(list), cpu: cpus.length > 0 ? median(cpus) : undefined };
}

export function printSides(title: string, results: ReadonlyMap<string, Measured>, base: string): void {
  console.log(`\n${title}`);
  const reference = results.get(base)!;
  for (const [name, one] of results) {
    const cpu = one.cpu === undefined ? '' : `  cpu ${one.cpu.toFixed(2)} ms`;
    const ratio =
      name === base
        ? ''
        : `  | ${ratioOf(one.perSecond, reference.perSecond)} x QPS, ${ratioOf(one.p50, reference.p50)} x p50, ${ratioOf(one.p95, reference.p95)} x p95${one.cpu === undefined ? '' : `, ${ratioOf(one.cpu, reference.cpu ?? Number.NaN)} x cpu`}`;
    console.log(
      `  ${name.padEnd(34)} ${String(Math.round(one.perSecond)).padStart(6)}/s  p50 ${one.p50.toFixed(2)}  p95 ${one.p95.toFixed(2)}  p99 ${one.p99.toFixed(2)} ms${cpu}${ratio}`,
    );
  }
}

const ratioOf = (one: number, other: number) => (one / other).toFixed(2);
