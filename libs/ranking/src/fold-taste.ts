export interface TasteEvent {
  vector: Float32Array;
  /** Above 0 for what the user liked, below 0 for what they disliked. */
  weight: number;
}

/**
 * A user's vector from the vectors of their events, newest first: their mean weighted by weight x 2^(-rank / halfLife),
 * rank from 0, so that quiet months change nothing. Negative events subtract. `halfLife` is in events; Infinity weighs
 * all alike. L2-normalized; undefined where nothing is left (no events, or they cancel out).
 */
export function foldTaste(newestFirst: readonly TasteEvent[], halfLife: number): Float32Array | undefined {
  if (!(halfLife > 0)) throw new RangeError('halfLife must be above 0');
  const dimensions = newestFirst[0]?.vector.length ?? 0;
  const sum = new Float64Array(dimensions);
  let mass = 0;
  newestFirst.forEach(({ vector, weight }, rank) => {
    if (vector.length !== dimensions) throw new RangeError(`Vectors of ${vector.length} and ${dimensions} dimensions`);
    const decayed = weight * 2 ** (-rank / halfLife);
    mass += Math.abs(decayed);
    for (let at = 0; at < dimensions; at++) sum[at] = sum[at]! + decayed * vector[at]!;
  });
  const length = Math.sqrt(sum.reduce((squares, value) => squares + value * value, 0));
  // What float32 vectors leave when they cancel out is rounding, not taste.
  if (!(length > mass * 1e-6)) return undefined;
  return Float32Array.from(sum, (value) => value / length);
}
