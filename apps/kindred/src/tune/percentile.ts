import { mean } from '@kindred/ranking';

/** The value that a share of them does not exceed, by the nearest rank; `share` above 0 and up to 1. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

/** Half the width of the 95 % interval of their mean, by the normal approximation; 0 for fewer than two. */
export function meanError(values: readonly number[]): number {
  if (values.length < 2) return 0;
  const middle = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - middle) ** 2, 0);
  return 1.96 * Math.sqrt(squares / (values.length - 1) / values.length);
}
