/** Scores of one search method, greater is better. */
export interface Leg {
  /** At least 0. Weights need not sum to 1. */
  weight: number;
  scores: ReadonlyMap<string, number>;
  /** At least 0, the default: shares count from this score on, since what the leg left out may score as much. */
  floor?: number;
}

/**
 * Weighted sum of scores as shares of their leg's best one, 0..1. What a leg did not find, or scores below 0, counts 0 in
 * it. With a floor: (score - floor) / best, so that a leg whose scores hardly differ counts little. Ids by descending score, then
 * by id.
 */
export function shareFuse(legs: readonly Leg[]): Map<string, number> {
  return summed(legs, shares);
}

/** The same with weights of either sign, none of them 0: below 0 a leg pushes what it finds down. */
export function signedShareFuse(legs: readonly Leg[]): Map<string, number> {
  const bad = legs.find(({ weight }) => weight === 0 || !Number.isFinite(weight));
  if (bad) throw new RangeError('A weight must be a finite number other than 0');
  return added(legs, shares);
}

/**
 * Reciprocal rank fusion, weighted: sum of weight / (k + rank), rank from 1; equal scores of a leg rank by id.
 * Cormack, Clarke and Buettcher, "Reciprocal rank fusion outperforms Condorcet" (2009), with its k = 60.
 */
export function rrfFuse(legs: readonly Leg[], k = 60): Map<string, number> {
  if (!(k >= 0)) throw new RangeError('k must be 0 or more');
  return summed(legs, ({ scores }) => {
    const ranks = new Map(descending(scores).map(([id], index) => [id, index + 1]));
    return (id) => 1 / (k + ranks.get(id)!);
  });
}

function shares({ scores, floor = 0 }: Leg): Contribution {
  let best = 0;
  for (const score of scores.values()) best = Math.max(best, score);
  return (_id, score) => (best > 0 ? Math.max(0, score - floor) / best : 0);
}

type Contribution = (id: string, score: number) => number;

function summed(legs: readonly Leg[], contributionIn: (leg: Leg) => Contribution): Map<string, number> {
  if (legs.some(({ weight }) => !(weight >= 0))) throw new RangeError('A weight must be 0 or more');
  return added(legs, contributionIn);
}

function added(legs: readonly Leg[], contributionIn: (leg: Leg) => Contribution): Map<string, number> {
  const sums = new Map<string, number>();
  for (const leg of legs) {
    const { weight, scores } = leg;
    const contribution = contributionIn(leg);
    for (const [id, score] of scores) sums.set(id, (sums.get(id) ?? 0) + weight * contribution(id, score));
  }
  return new Map(descending(sums));
}

function descending(scores: ReadonlyMap<string, number>): [string, number][] {
  return [...scores].sort(([leftId, left], [rightId, right]) => right - left || (leftId < rightId ? -1 : 1));
}
