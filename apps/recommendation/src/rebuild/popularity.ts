import type { Pause } from './breather.ts';
import type { PairTable } from './pair-table.ts';

/**
 * Popularity of each item, as a share of the most popular one's: the sum over people of strength x 0.5^(age / half-life),
 * the age counted from the newest event of the collection, so that an old data set keeps its order.
 */
export async function popularityOf(pairs: PairTable, halfLifeDays: number, pause: Pause): Promise<Float32Array> {
  const newest = pairs.days.reduce((latest, day) => Math.max(latest, day), Number.NEGATIVE_INFINITY);
  const sums = new Float64Array(pairs.itemIds.length);
  for (let item = 0; item < sums.length; item++) {
    for (let at = pairs.starts[item]!; at < pairs.endOf(item); at++) {
      sums[item]! += pairs.strengths[at]! * 0.5 ** ((newest - pairs.days[at]!) / halfLifeDays);
    }
    await pause();
  }
  const most = sums.reduce((high, sum) => Math.max(high, sum), 0);
  return Float32Array.from(sums, (sum) => rounded(sum / most));
}

/** Five digits: a later reference day must not change rows by rounding alone. Never 0, which float4 could become. */
const rounded = (share: number) => Math.max(Number(share.toPrecision(5)), 1e-30);
