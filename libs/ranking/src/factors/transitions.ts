import type { SparseRows } from '../interaction-matrix.ts';

export interface TransitionOptions {
  /** How many later items of the same person an item leads to. */
  window?: number;
  /** How fast the say of a step falls with its length: 1 / length^distancePower. */
  distancePower?: number;
  /** Added to the count of the target, so that one who came once proves little. */
  shrinkage?: number;
  /** 0 ranks by how often, 1 by how much more often than by chance. */
  popularityPower?: number;
  mostPerItem?: number;
}

/** What item i leads to: `items` and `weights` (above 0) from offsets[i] to offsets[i + 1], greatest first. */
export interface ItemWeights {
  offsets: Uint32Array;
  items: Uint32Array;
  weights: Float32Array;
}

/**
 * Windowed, distance-weighted transitions: an item adds 1 / steps^p to each of the next `window` items of the same person.
 * A Markov chain is window 1. The sum is divided by (count of the source x count of the target^popularityPower + shrinkage).
 * Rows of `sequences` are people, their items oldest first. Deterministic; equal weights by item.
 */
export function transitions(sequences: SparseRows, itemCount: number, options: TransitionOptions = {}): ItemWeights {
  const { window = 10, distancePower = 1, shrinkage = 5, popularityPower = 0.5, mostPerItem = 200 } = options;
  if (!(window >= 1 && mostPerItem >= 1 && shrinkage >= 0)) {
    throw new RangeError('window and mostPerItem must be 1 or more, shrinkage 0 or more');
  }
  const sums = Array.from({ length: itemCount }, () => new Map<number, number>());
  const counts = new Uint32Array(itemCount);
  const { offsets, columns } = sequences;
  for (let row = 0; row + 1 < offsets.length; row++) {
    for (let at = offsets[row]!; at < offsets[row + 1]!; at++) {
      counts[columns[at]!]! += 1;
      const from = sums[columns[at]!]!;
      const end = Math.min(at + window, offsets[row + 1]! - 1);
      for (let next = at + 1; next <= end; next++) {
        const target = columns[next]!;
        if (target !== columns[at]) from.set(target, (from.get(target) ?? 0) + (next - at) ** -distancePower);
      }
    }
  }
  const scale = (source: number, target: number) => counts[source]! * counts[target]! ** popularityPower + shrinkage;
  return strongest(sums, mostPerItem, scale);
}

function strongest(
  sums: readonly Map<number, number>[],
  most: number,
  scale: (source: number, target: number) => number,
): ItemWeights {
  const offsets = new Uint32Array(sums.length + 1);
  const items: number[] = [];
  const weights: number[] = [];
  sums.forEach((targets, source) => {
    const best = [...targets].map(([target, sum]) => ({ target, weight: Math.fround(sum / scale(source, target)) }));
    best.sort((left, right) => right.weight - left.weight || left.target - right.target);
    for (const { target, weight } of best.slice(0, most)) {
      items.push(target);
      weights.push(weight);
    }
    offsets[source + 1] = items.length;
  });
  return { offsets, items: Uint32Array.from(items), weights: Float32Array.from(weights) };
}

/**
 * Scores of what comes next after a session, added into `scores`: the transitions of its items, newest first, each counting
 * 2^(-rank / halfLife). Items that are not known (no row) say nothing.
 */
export function addNextScores(
  { offsets, items, weights }: ItemWeights,
  newestFirst: ArrayLike<number>,
  halfLife: number,
  scores: Float64Array,
): void {
  if (!(halfLife > 0)) throw new RangeError('halfLife must be above 0');
  for (let rank = 0; rank < newestFirst.length; rank++) {
    const item = newestFirst[rank]!;
    if (item + 1 >= offsets.length) continue;
    const decay = 2 ** (-rank / halfLife);
    for (let at = offsets[item]!; at < offsets[item + 1]!; at++) scores[items[at]!]! += decay * weights[at]!;
  }
}
