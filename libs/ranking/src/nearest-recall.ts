/**
 * Share of the true nearest k that a search gave, 0-1; 1 where there is nothing to find. Whatever is as near as the k-th
 * true neighbor counts, so that equal vectors do not look like errors: the distance-based recall of ANN-Benchmarks
 * (Aumüller, Bernhardsson, Faithfull 2020). Distances, the nearest first; `exact` holds k of them, or all there are.
 */
export function nearestRecall(k: number, found: readonly number[], exact: readonly number[]): number {
  const most = Math.min(k, exact.length);
  if (most === 0) return 1;
  const farthest = exact[most - 1]! + tolerance;
  return Math.min(most, found.slice(0, k).filter((distance) => distance <= farthest).length) / most;
}

/** Sums of floats in another order differ by less. */
const tolerance = 1e-6;
