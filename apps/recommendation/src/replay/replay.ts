import {
  differenceOf,
  type Estimate,
  intervalOf,
  type LoggedAnswer,
  PolicyTally,
  type PolicyValue,
  RewardModel,
} from '@kindred/ranking';
import { type MetricName, metricNames } from '../experiments/experiment.ts';
import { breather } from '../rebuild/breather.ts';
import type { ReplayedAnswer } from './replayed-answer.ts';

/** NaN and infinite where nothing is known. */
export interface ReplayedValue {
  value: number;
  low: number;
  high: number;
}

export interface ReplayedEstimate {
  estimator: 'ips' | 'snips' | 'dr';
  /** Of the order as it was ranked, had nothing been left to chance. */
  ranked: ReplayedValue;
  /** Of the order by the new setting. */
  replayed: ReplayedValue;
  difference: ReplayedValue;
}

export interface ReplayedMetric {
  metric: MetricName;
  /** Per answer, as it was, what was left to chance included. */
  logged: number;
  estimates: ReplayedEstimate[];
  verdict: string;
}

export interface Replay {
  answers: number;
  units: number;
  /** Of the places, those at which the new setting has another item: 0-1. */
  changed: number;
  /** Of the new setting's places, those whose item the log could not have shown there: 0-1. */
  unsupported: number;
  /** What the answers that agree with the new setting are worth, in places. */
  effectivePlaces: number;
  /** Of the weights, those above the greatest allowed: 0-1. */
  clipped: number;
  metrics: ReplayedMetric[];
}

/** Fewer agree by accident too often: intervals of so few are not normal. */
const leastPlaces = 100;
/** Of the places; what is above it is the model's word alone. */
const mostUnsupported = 0.2;

/**
 * Judges a new order of logged answers by those that happen to agree with it. `clip`: the greatest weight. Yields to
 * requests.
 */
export async function replay(answers: readonly ReplayedAnswer[], clip?: number): Promise<Replay> {
  const judged: Judged[] = [];
  for (const metric of metricNames) judged.push(await judge(answers, metric, clip));
  const { effectivePlaces, unsupported, clipped } = judged[0]!.replayed;
  const places = answers.reduce((sum, { ranked }) => sum + ranked.length, 0);
  const changed = answers.reduce(
    (sum, { ranked, replayed }) => sum + ranked.filter((id, place) => id !== replayed[place]).length,
    0,
  );
  return {
    answers: answers.length,
    units: judged[0]!.ranked.ips.influences.length,
    changed: places === 0 ? 0 : changed / places,
    unsupported,
    effectivePlaces,
    clipped,
    metrics: judged.map((one) => ({ ...metricOf(one), verdict: verdictOf(one) })),
  };
}

interface Judged {
  metric: MetricName;
  logged: number;
  ranked: PolicyValue;
  replayed: PolicyValue;
}

type Scored = ReplayedAnswer & LoggedAnswer;

async function judge(answers: readonly ReplayedAnswer[], metric: MetricName, clip?: number): Promise<Judged> {
  const pause = breather();
  const model = new RewardModel();
  let logged = 0;
  for (const answer of answers) {
    const rewards = answer.outcomes[metric];
    model.learn({ ...answer, rewards });
    logged += rewards.reduce((sum, reward) => sum + reward, 0);
    await pause();
  }
  const options = { predict: (...of: Parameters<RewardModel['predict']>) => model.predict(...of), clip };
  const ranked = new PolicyTally<Scored>((answer) => answer.ranked, options);
  const replayed = new PolicyTally<Scored>((answer) => answer.replayed, options);
  for (const answer of answers) {
    const scored = { ...answer, rewards: answer.outcomes[metric] };
    ranked.add(scored);
    replayed.add(scored);
    await pause();
  }
  return { metric, logged: logged / answers.length, ranked: ranked.value(), replayed: replayed.value() };
}

function metricOf({ metric, logged, ranked, replayed }: Judged): Omit<ReplayedMetric, 'verdict'> {
  const estimates = (['ips', 'snips', 'dr'] as const).map((estimator) => {
    const pair: [Estimate, Estimate] = [replayed[estimator], ranked[estimator]];
    const [wanted, current] = pair.map(intervalOf);
    return { estimator, ranked: current!, replayed: wanted!, difference: intervalOf(differenceOf(...pair)) };
  });
  return { metric, logged, estimates };
}

const nouns = { click: 'clicks', conversion: 'conversions', revenue: 'revenue' };

/** In words, by the doubly robust estimate. */
function verdictOf({ metric, ranked, replayed }: Judged): string {
  const { value, low, high } = intervalOf(differenceOf(replayed.dr, ranked.dr));
  const what = nouns[metric];
  if (replayed.effectivePlaces < leastPlaces) {
    const few = `the answers that agree with it are worth ${Math.floor(replayed.effectivePlaces)} places, ${leastPlaces} are needed`;
    return `too little to tell: ${few}; wait, or raise randomize.share`;
  }
  if (replayed.unsupported > mostUnsupported) {
    const share = percent(replayed.unsupported);
    return `cannot be told: ${share} of its places hold items that were never shown there; raise randomize.depth, and wait`;
  }
  if (!(low > 0 || high < 0))
    return `no difference in ${what} seen: ${relative(low, ranked)} to ${relative(high, ranked)}`;
  const way = value > 0 ? 'more' : 'fewer';
  return `${metric === 'revenue' && value < 0 ? 'less' : way} ${what}: ${relative(low, ranked)} to ${relative(high, ranked)}`;
}

const relative = (difference: number, { dr }: PolicyValue): string =>
  dr.value > 0 ? `${difference > 0 ? '+' : ''}${percent(difference / dr.value)}` : difference.toPrecision(3);

const percent = (share: number): string => `${Number((100 * share).toPrecision(3))} %`;
