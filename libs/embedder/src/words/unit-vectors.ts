/** Stretches a vector in place to length 1; leaves zeros alone. */
export function normalize(vector: Float32Array): Float32Array {
  let squares = 0;
  for (let at = 0; at < vector.length; at++) squares += vector[at]! * vector[at]!;
  if (squares === 0) return vector;
  const factor = 1 / Math.sqrt(squares);
  for (let at = 0; at < vector.length; at++) vector[at] = vector[at]! * factor;
  return vector;
}

/** A copy of row-major vectors with each at length 1. */
export function normalizedRows(rows: Float32Array, dimensions: number): Float32Array {
  const copy = rows.slice();
  for (let start = 0; start < copy.length; start += dimensions) normalize(copy.subarray(start, start + dimensions));
  return copy;
}

/** Adds `factor` times a vector to another. */
export function addScaled(sum: Float32Array, vector: Float32Array, factor: number): void {
  for (let at = 0; at < sum.length; at++) sum[at] = sum[at]! + factor * vector[at]!;
}
