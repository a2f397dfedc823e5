import type { Estimate } from './estimate.ts';

/** An answer of a log whose order was left to chance, in part. */
export interface LoggedAnswer {
  /** Whose it is: units are the independent observations. */
  unit: string;
  /** Items by place. */
  shown: readonly string[];
  /** What came of each: clicks, purchases, their revenue. */
  rewards: readonly number[];
  /** Probability that the log shows the item at the place, from 0. */
  chance(item: string, place: number): number;
}

export interface ValueOptions<Answer extends LoggedAnswer> {
  /**
   * Expected reward of an item at a place, made without the answer's own unit. Absent: 0, and the doubly robust value is
   * that of IPS.
   */
  predict?: (answer: Answer, item: string, place: number) => number;
  /** Weights above it count as it: less variance, and bias towards what was shown. Absent: no weight is clipped. */
  clip?: number;
}

/** Estimates of the reward per answer of a ranking that did not answer. */
export interface PolicyValue {
  /**
   * Inverse propensity scores by item and place (Li et al., "Offline evaluation of ranking policies with click models",
   * 2018): a reward counts, divided by the probability of its place, where the ranking puts the item there too. Without
   * bias where an item's reward depends on its place and not on its neighbors; places without support count 0.
   */
  ips: Estimate;
  /**
   * Divided by the sum of weights instead of its expectation (Swaminathan and Joachims 2015); places without support
   * count as the others.
   */
  snips: Estimate;
  /**
   * Doubly robust (Dudik, Langford and Li 2011): what the model predicts, plus the weighted errors of its predictions.
   * Without bias where probabilities or model are right; places without support count as predicted.
   */
  dr: Estimate;
  /** Places that the weights are worth, (sum of w)^2 / sum of w^2 (Kong 1992). */
  effectivePlaces: number;
  /** Of the ranking's places, those whose item the log could not have shown there: 0-1. */
  unsupported: number;
  /** Of the weights above 0: 0-1. */
  clipped: number;
}

interface Sums {
  answers: number;
  wanted: number;
  weights: number;
  ips: number;
  dr: number;
}

interface Tally {
  squares: number;
  weighted: number;
  clipped: number;
  unsupported: number;
}

/**
 * What a ranking is worth by a log, answer by answer. Units come in the order of their first answers: values of one log
 * can be subtracted.
 */
export class PolicyTally<Answer extends LoggedAnswer> {
  private readonly units = new Map<string, Sums>();
  private readonly tally: Tally = { squares: 0, weighted: 0, clipped: 0, unsupported: 0 };

  constructor(
    private readonly rankingOf: (answer: Answer) => readonly string[],
    private readonly options: ValueOptions<Answer> = {},
  ) {}

  /** Throws a RangeError for an answer that shows what it says it never shows. */
  add(answer: Answer): void {
    const sums = this.units.get(answer.unit) ?? { answers: 0, wanted: 0, weights: 0, ips: 0, dr: 0 };
    this.units.set(answer.unit, sums);
    addAnswer(sums, this.tally, answer, this.rankingOf(answer), this.options);
  }

  /** NaN where nothing is known: of no answers, and `snips` where none agrees with the ranking. */
  value(): PolicyValue {
    const all = [...this.units.values()];
    const { squares, weighted, clipped, unsupported } = this.tally;
    const total = (of: keyof Sums) => all.reduce((sum, unit) => sum + unit[of], 0);
    const [n, wanted, weights, ips] = [total('answers'), total('wanted'), total('weights'), total('ips')];
    const perAnswer = (sum: number, of: 'ips' | 'dr'): Estimate => ({
      value: sum / n,
      influences: Float64Array.from(all, (unit) => (unit[of] - (sum / n) * unit.answers) / n),
    });
    const snips = (ips / weights) * (wanted / n);
    const normalized = (unit: Sums) =>
      (unit.ips / weights) * (wanted / n) + snips * (unit.wanted / wanted - unit.weights / weights - unit.answers / n);
    return {
      ips: perAnswer(ips, 'ips'),
      snips: { value: snips, influences: Float64Array.from(all, normalized) },
      dr: perAnswer(total('dr'), 'dr'),
      effectivePlaces: squares === 0 ? 0 : weights ** 2 / squares,
      unsupported: wanted === 0 ? 0 : unsupported / wanted,
      clipped: weighted === 0 ? 0 : clipped / weighted,
    };
  }
}

/** What a ranking is worth by a log. */
export function policyValue<Answer extends LoggedAnswer>(
  answers: Iterable<Answer>,
  rankingOf: (answer: Answer) => readonly string[],
  options: ValueOptions<Answer> = {},
): PolicyValue {
  const tally = new PolicyTally(rankingOf, options);
  for (const answer of answers) tally.add(answer);
  return tally.value();
}

function addAnswer<Answer extends LoggedAnswer>(
  sums: Sums,
  tally: Tally,
  answer: Answer,
  ranking: readonly string[],
  { predict = () => 0, clip = Number.POSITIVE_INFINITY }: ValueOptions<Answer>,
): void {
  const places = Math.min(answer.shown.length, ranking.length);
  sums.answers += 1;
  sums.wanted += places;
  for (let place = 0; place < places; place++) {
    const item = ranking[place]!;
    const chance = answer.chance(item, place);
    const predicted = predict(answer, item, place);
    sums.dr += predicted;
    if (!(chance > 0)) tally.unsupported += 1;
    if (answer.shown[place] !== item) continue;
    if (!(chance > 0)) throw new RangeError(`The log shows ${item} at place ${place} with probability ${chance}`);
    const weight = Math.min(clip, 1 / chance);
    if (weight < 1 / chance) tally.clipped += 1;
    tally.weighted += 1;
    tally.squares += weight ** 2;
    sums.weights += weight;
    sums.ips += weight * answer.rewards[place]!;
    sums.dr += weight * (answer.rewards[place]! - predicted);
  }
}
