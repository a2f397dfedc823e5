/**
 * How often each item was chosen, a choice counting half as much as one `halfLife` later; Infinity counts all alike. Times and the
 * half-life are in the same unit; ages count from the newest time, so that an old data set keeps its order.
 */
export function popularity(
  items: ArrayLike<number>,
  times: ArrayLike<number>,
  itemCount: number,
  halfLife = Number.POSITIVE_INFINITY,
): Float64Array {
  if (!(halfLife > 0)) throw new RangeError('halfLife must be above 0');
  let newest = Number.NEGATIVE_INFINITY;
  for (let at = 0; at < times.length; at++) newest = Math.max(newest, times[at]!);
  const sums = new Float64Array(itemCount);
  for (let at = 0; at < items.length; at++) sums[items[at]!]! += 2 ** ((times[at]! - newest) / halfLife);
  return sums;
}
