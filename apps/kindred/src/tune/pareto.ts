import type { TuneResult } from './tune-result.ts';

/** Those that no other beats in recall@10 and in searches a second, by rising recall. */
export function paretoFront(results: readonly TuneResult[]): TuneResult[] {
  const byRecall = [...results].sort(
    (left, right) => right.recall10 - left.recall10 || right.qpsClients - left.qpsClients,
  );
  const front: TuneResult[] = [];
  for (const result of byRecall) {
    const last = front.at(-1);
    if (!last || result.qpsClients > last.qpsClients) front.push(result);
  }
  return front.reverse();
}
