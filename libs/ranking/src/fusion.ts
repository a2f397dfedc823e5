/** Scores of one search method, greater is better. */
export interface Leg {
  /** At least 0. Weights need not sum to 1. */
  weight: number;
  scores: ReadonlyMap<string, number>;
}

/**
 * Weighted sum of scores that are stretched to 0..1 within each leg. What a leg did not find counts 0 in it; where all
 * scores of a leg are equal, each counts 1. Returns ids by descending score, equal scores by id.
 */
export function minMaxFuse(legs: readonly Leg[]): Map<string, number> {
  return summed(legs, (scores) => {
    let least = Infinity;
    let most = -Infinity;
    for (const score of scores.values()) {
      least = Math.min(least, score);
      most = Math.max(most, score);
    }
    return (_id, score) => (most > least ? (score - least) / (most - least) : 1);
  });
}

/**
 * Reciprocal rank fusion, weighted: sum of weight / (k + rank), rank from 1; equal scores of a leg rank by id.
 * Cormack, Clarke and Buettcher, "Reciprocal rank fusion outperforms Condorcet" (2009), with its k = 60.
 */
export function rrfFuse(legs: readonly Leg[], k = 60): Map<string, number> {
  if (!(k >= 0)) throw new RangeError('k must be 0 or more');
  return summed(legs, (scores) => {
    const ranks = new Map(descending(scores).map(([id], index) => [id, index + 1]));
    return (id) => 1 / (k + ranks.get(id)!);
  });
}

type Contribution = (id: string, score: number) => number;

function summed(legs: readonly Leg[], contributionIn: (scores: Leg['scores']) => Contribution): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { weight, scores } of legs) {
    if (!(weight >= 0)) throw new RangeError('A weight must be 0 or more');
    const contribution = contributionIn(scores);
    for (const [id, score] of scores) sums.set(id, (sums.get(id) ?? 0) + weight * contribution(id, score));
  }
  return new Map(descending(sums));
}

function descending(scores: ReadonlyMap<string, number>): [string, number][] {
  return [...scores].sort(([leftId, left], [rightId, right]) => right - left || (leftId < rightId ? -1 : 1));
}
