import type { RunMetrics } from './training-run.store.ts';

/** Part of the active model's nDCG@10 that may be lost for certain: data moves on, and it does not know what is new. */
const margin = 0.02;

/**
 * Why trained factors do not take over; undefined where they do. They must not rank worse than what is popular does, and
 * beside active ones be as good on average, or surely no worse than by the margin (95 % bootstrap interval).
 */
export function keptBecause(metrics: RunMetrics, hasActive: boolean): string | undefined {
  const { ndcg10, popularNdcg10, activeNdcg10, differenceLow, differenceHigh, people } = metrics;
  if (ndcg10 < popularNdcg10) return `what is popular is better: ${against(popularNdcg10, ndcg10)}`;
  if (!hasActive) return undefined;
  if (activeNdcg10 === undefined) return 'nobody has held-out events to compare it with the active model by';
  if (differenceHigh! < 0) return `the active model is better: ${against(activeNdcg10, ndcg10)}`;
  if (ndcg10 >= activeNdcg10 || differenceLow! >= -margin * activeNdcg10) return undefined;
  const judges = people === 1 ? '1 person tells' : `${people} people tell`;
  return `it may well be worse than the active model, as far as ${judges}: ${against(activeNdcg10, ndcg10)}`;
}

const against = (other: number, own: number) => `nDCG@10 ${other.toFixed(3)} against ${own.toFixed(3)}`;
