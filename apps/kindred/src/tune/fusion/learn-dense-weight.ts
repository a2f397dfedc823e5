import { bootstrapInterval, type Grades, type Interval, type Leg, mean, ndcgAt, shareFuse } from '@kindred/ranking';
import { denseWeightFor } from '@kindred/vector-index';

/** Scores by item id, of as many hits as fusion takes, and the one that shares begin at. */
export type SearchedLeg = Required<Omit<Leg, 'weight'>>;

/** What both legs found for a query. */
export interface SearchedQuery {
  /** Distinct terms that were looked for. */
  terms: readonly string[];
  lexical: SearchedLeg;
  dense: SearchedLeg;
  /** Provider of the model that the dense leg searched by. */
  provider: string;
}

/** And what is known to be relevant. */
export interface JudgedQuery extends SearchedQuery {
  text: string;
  /** Some grade is above 0. */
  grades: Grades;
}

export interface WeightFigure {
  /** Most that the dense leg counts, 0-1: dense_weight of the collection. */
  weight: number;
  /** nDCG@10 over all queries, 0-1. */
  ndcg: number;
}

export interface LearnedWeight {
  /** What the collection had. */
  current: WeightFigure;
  /** The best of all queries. */
  best: WeightFigure;
  curve: WeightFigure[];
  /** nDCG@10 of queries that had no part in choosing their weight, with the current weight and with the chosen one. */
  heldOut: { current: number; learned: number };
  /** Of the difference of the two, 95 %. */
  gain: Interval;
  /** The gain is above 0 with its whole interval, and the best weight is another one. */
  better: boolean;
}

/** Fewer say nothing: the interval of a gain would be that of chance. */
export const leastJudged = 10;
const folds = 5;
const step = 0.05;
const weights = Array.from({ length: Math.round(1 / step) + 1 }, (_, at) => Number((at * step).toFixed(2)));

/**
 * The most that the dense leg should count in a hybrid search of these queries. Five-fold cross-validation: each fifth of the
 * queries is scored with the weight that is best for the others, so that the gain is that of queries not learned from; its
 * interval is a paired bootstrap (Efron 1979). Of equal weights the one nearest to the current one is taken.
 */
export function learnDenseWeight(queries: readonly JudgedQuery[], currentWeight: number): LearnedWeight {
  if (queries.length < leastJudged) throw new RangeError(`Learning needs ${leastJudged} queries or more`);
  const all = [...new Set([...weights, currentWeight])].sort((left, right) => left - right);
  const scores = new Map(all.map((weight) => [weight, queries.map((query) => ndcgWith(query, weight))]));
  const now = scores.get(currentWeight)!;
  const bestAmong = (asked: (at: number) => boolean) => bestWeight(scores, currentWeight, asked);
  const chosen = Array.from({ length: folds }, (_, fold) => bestAmong((at) => at % folds !== fold));
  const held = queries.map((_, at) => scores.get(chosen[at % folds]!)![at]!);
  const gain = bootstrapInterval(held.map((value, at) => value - now[at]!));
  const best = bestAmong(() => true);
  const figure = (weight: number): WeightFigure => ({ weight, ndcg: mean(scores.get(weight)!) });
  return {
    current: figure(currentWeight),
    best: figure(best),
    curve: all.map(figure),
    heldOut: { current: mean(now), learned: mean(held) },
    gain,
    better: best !== currentWeight && gain.low > 0,
  };
}

/** As a hybrid search orders them: libs/vector-index/src/search/fuse-sql.ts. */
export function fusedIds({ terms, provider, lexical, dense }: SearchedQuery, weight: number): string[] {
  const share = denseWeightFor(terms, provider, weight);
  const legs = [
    { weight: 1 - share, ...lexical },
    { weight: share, ...dense },
  ];
  return [...shareFuse(legs).keys()];
}

const ndcgWith = (query: JudgedQuery, weight: number) => ndcgAt(10, fusedIds(query, weight), query.grades) ?? 0;

function bestWeight(
  scores: ReadonlyMap<number, readonly number[]>,
  current: number,
  asked: (at: number) => boolean,
): number {
  let best = { weight: current, sum: Number.NEGATIVE_INFINITY };
  // Nearest first, so that only what is truly better replaces it.
  const nearest = [...scores].sort(([left], [right]) => Math.abs(left - current) - Math.abs(right - current));
  for (const [weight, values] of nearest) {
    const sum = values.reduce((total, value, at) => (asked(at) ? total + value : total), 0);
    if (sum > best.sum + 1e-9) best = { weight, sum };
  }
  return best.weight;
}
