/** What is known of a person's relation to one item. */
export interface Judgment {
  itemId: string;
  /** Above zero for the item, below zero against it. */
  strength: number;
}

/**
 * Direction of a taste: the sum of strength x 0.5^(rank / halfLife) x item vector at length one, rank 0 being the
 * newest judgment. Undefined where nothing positive has a vector, or everything cancels out.
 */
export function foldTaste(
  newestFirst: readonly Judgment[],
  vectors: ReadonlyMap<string, Float32Array>,
  halfLife: number,
): Float32Array | undefined {
  let sum: Float64Array | undefined;
  let positive = false;
  for (const [rank, { itemId, strength }] of newestFirst.entries()) {
    const vector = vectors.get(itemId);
    if (!vector || strength === 0) continue;
    sum ??= new Float64Array(vector.length);
    const weight = strength * 0.5 ** (rank / halfLife);
    for (let at = 0; at < vector.length; at++) sum[at]! += weight * vector[at]!;
    positive ||= strength > 0;
  }
  return positive ? unit(sum!) : undefined;
}

function unit(sum: Float64Array): Float32Array | undefined {
  const length = Math.sqrt(sum.reduce((total, value) => total + value * value, 0));
  if (length < 1e-9) return undefined;
  return Float32Array.from(sum, (value) => value / length);
}
