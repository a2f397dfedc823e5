import { dot } from './dot.ts';

export interface Candidate {
  id: string;
  /** Relevance, 0..1. */
  score: number;
  /** L2-normalized, of the same dimensions for all. */
  vector: Float32Array;
}

/**
 * Maximal marginal relevance: picks up to `limit` candidates, each the one with the greatest
 * relevance x score - (1 - relevance) x (cosine with the most similar one picked before it).
 * `relevance` 1 sorts by score, 0 by novelty alone; equal values go to the earlier candidate.
 * Carbonell and Goldstein, "The use of MMR" (1998). Costs limit x candidates x dimensions.
 */
export function mmr<Each extends Candidate>(candidates: readonly Each[], limit: number, relevance: number): Each[] {
  if (!(relevance >= 0 && relevance <= 1)) throw new RangeError('relevance must be within 0..1');
  const left = new Set(candidates.keys());
  const nearest = new Float64Array(candidates.length).fill(-Infinity);
  const picked: Each[] = [];
  while (picked.length < limit && left.size > 0) {
    const next = bestOf(left, (index) => {
      const novelty = picked.length === 0 ? 0 : nearest[index]!;
      return relevance * candidates[index]!.score - (1 - relevance) * novelty;
    });
    left.delete(next);
    picked.push(candidates[next]!);
    for (const index of left) {
      nearest[index] = Math.max(nearest[index]!, dot(candidates[index]!.vector, candidates[next]!.vector));
    }
  }
  return picked;
}

/** Keeps the order, and at most `most` hits of each value. Hits without a value all stay. */
export function maxPerValue<Hit>(
  hits: readonly Hit[],
  keyOf: (hit: Hit) => string | number | boolean | null | undefined,
  most: number,
): Hit[] {
  const counts = new Map<unknown, number>();
  return hits.filter((hit) => {
    const value = keyOf(hit);
    if (value === null || value === undefined) return true;
    const count = (counts.get(value) ?? 0) + 1;
    counts.set(value, count);
    return count <= most;
  });
}

/**
 * Keeps the order, and at most `most` hits of each value, of hits that have any number of values: one stays where none of
 * its values is used up. Hits without a value all stay.
 */
export function maxPerValues<Hit>(
  hits: readonly Hit[],
  valuesOf: (hit: Hit) => readonly unknown[],
  most: number,
): Hit[] {
  const counts = new Map<unknown, number>();
  return hits.filter((hit) => {
    const values = new Set(valuesOf(hit));
    for (const value of values) if ((counts.get(value) ?? 0) >= most) return false;
    for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
    return true;
  });
}

function bestOf(indexes: Iterable<number>, scoreOf: (index: number) => number): number {
  let best = -1;
  let greatest = -Infinity;
  for (const index of indexes) {
    const value = scoreOf(index);
    if (best !== -1 && value <= greatest) continue;
    best = index;
    greatest = value;
  }
  return best;
}
