import type { RecallPoint } from '@kindred/contracts';

export type BandRecall = Omit<RecallPoint, 'hour'>;

/** Hours put together, each weighing as much as it has queries; in the order that bands first come in. */
export function recallByBand(points: readonly RecallPoint[]): BandRecall[] {
  const bands = new Map<string, BandRecall>();
  for (const { collection, band, queries, recall, worst } of points) {
    const key = JSON.stringify([collection, band]);
    const known = bands.get(key) ?? { collection, band, queries: 0n, recall: 0, worst: 1 };
    const all = known.queries + queries;
    const sum = known.recall * Number(known.queries) + recall * Number(queries);
    bands.set(key, { ...known, queries: all, recall: sum / Number(all), worst: Math.min(known.worst, worst) });
  }
  return [...bands.values()];
}
