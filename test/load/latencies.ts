export interface Latencies {
  perSecond: number;
  p50: number;
  p95: number;
  p99: number;
}

/** Runs `work` for the numbers 0..count-1 by `clients` at a time, each with its slot; milliseconds of each. */
export async function measure(
  count: number,
  clients: number,
  work: (index: number, slot: number) => Promise<unknown>,
): Promise<Latencies> {
  const times: number[] = [];
  let next = 0;
  const started = performance.now();
  const client = async (slot: number) => {
    for (let index = next++; index < count; index = next++) {
      const begin = performance.now();
      await work(index, slot);
      times.push(performance.now() - begin);
    }
  };
  await Promise.all(Array.from({ length: clients }, (_, slot) => client(slot)));
  const seconds = (performance.now() - started) / 1_000;
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))]!;
  return { perSecond: count / seconds, p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}

export const median = (values: number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

/** The round with the median p50. */
export const middle = (rounds: Latencies[]): Latencies => {
  const wanted = median(rounds.map((round) => round.p50));
  return rounds.find((round) => round.p50 === wanted)!;
};
