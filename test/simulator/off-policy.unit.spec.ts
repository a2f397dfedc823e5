import {
  differenceOf,
  type Estimate,
  intervalOf,
  mean,
  type PolicyValue,
  policyValue,
  RewardModel,
  seededRandom,
  type ValueOptions,
} from '@kindred/ranking';
import { beforeAll, describe, expect, it } from 'vitest';
import { places, randomizedLog, type SimulatedAnswer } from './randomized-log.ts';
import { Shop } from './shop.ts';

const shop = new Shop();
const logged = shop.rankings({ crowd: 0.7, taste: 0.3 });
const wanted = shop.rankings({ crowd: 0.3, taste: 0.7 });
/** All items may stand at each place: every ranking is supported. */
const everywhere = { share: 0.4, depth: shop.items.length };
const truth = shop.value(wanted, places);
const gain = truth - shop.value(logged, places);

type Options = ValueOptions<SimulatedAnswer>;
const rankingIn = (rankings: string[][]) => (answer: SimulatedAnswer) =>
  rankings[answer.visitor.taste]!.slice(0, places);
/** What is known of a taste, but not of a mood. */
const goodModel: Options['predict'] = ({ visitor }, item, place) =>
  shop.clickProbability({ ...visitor, mood: 1 }, item, place);
const badModel: Options['predict'] = (_answer, item, place) => 0.4 / (place + 1) + (item < 'item12' ? 0.2 : 0);

interface Run {
  ips: Estimate;
  snips: Estimate;
  dr: Estimate;
  'dr, bad model': Estimate;
  'dr, learned model': Estimate;
  'gain by dr': Estimate;
}

function run(seed: number): Run {
  const answers = randomizedLog(shop, logged, 500, everywhere, seededRandom(seed));
  const value = (options: Options, rankings = wanted): PolicyValue =>
    policyValue(answers, rankingIn(rankings), options);
  const model = new RewardModel();
  for (const answer of answers) model.learn(answer);
  const learned: Options['predict'] = (...of) => model.predict(...of);
  const { ips, snips, dr } = value({ predict: goodModel });
  return {
    ips,
    snips,
    dr,
    'dr, bad model': value({ predict: badModel }).dr,
    'dr, learned model': value({ predict: learned }).dr,
    'gain by dr': differenceOf(dr, value({ predict: goodModel }, logged).dr),
  };
}

describe('estimates of a ranking from a log in which another one answered', () => {
  const runs: Run[] = [];
  const deviation = (of: keyof Run) => {
    const values = runs.map((one) => one[of].value);
    const middle = mean(values);
    return Math.sqrt(values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1));
  };

  beforeAll(() => {
    for (let seed = 0; seed < 150; seed++) runs.push(run(1 + 7_919 * seed));
  }, 60_000);

  it.each([
    ['ips', truth],
    ['snips', truth],
    ['dr', truth],
    ['dr, bad model', truth],
    ['dr, learned model', truth],
    ['gain by dr', gain],
  ] as const)('hold the truth on average, and in their intervals: %s', (of, wantedValue) => {
    const values = runs.map((one) => one[of].value);
    const error = deviation(of) / Math.sqrt(runs.length);
    const held = runs.filter((one) => {
      const { low, high } = intervalOf(one[of]);
      return low <= wantedValue && wantedValue <= high;
    }).length;
    const figures = [mean(values), wantedValue, deviation(of)].map((figure) => figure.toFixed(4));
    console.log(
      `${of}: mean ${figures[0]}, truth ${figures[1]}, deviation ${figures[2]}, held in ${held} of ${runs.length}`,
    );
    expect(Math.abs(mean(values) - wantedValue)).toBeLessThan(4 * error);
    expect(held).toBeGreaterThanOrEqual(0.95 * runs.length - 4 * Math.sqrt(runs.length * 0.95 * 0.05));
  });

  it('vary less when doubly robust than by inverse propensities, where the model is good', () => {
    expect(deviation('dr')).toBeLessThan(0.93 * deviation('ips'));
  });

  it('know the gain better than the two values it is the difference of', () => {
    expect(deviation('gain by dr')).toBeLessThan(Math.hypot(deviation('dr'), 0.5 * deviation('dr')));
  });
});

describe('a ranking that the log could not have shown', () => {
  it('is told of by the share of its places, and only a model knows what it would earn', () => {
    const answers = randomizedLog(shop, logged, 6_000, { share: 0.4, depth: 8 }, seededRandom(5));
    const { ips, dr, unsupported } = policyValue(answers, rankingIn(wanted), { predict: goodModel });
    console.log(
      `unsupported ${unsupported.toFixed(3)}: ips ${ips.value.toFixed(3)}, dr ${dr.value.toFixed(3)}, truth ${truth.toFixed(3)}`,
    );
    expect(unsupported).toBeGreaterThan(0.1);
    expect(intervalOf(ips).high).toBeLessThan(truth);
    expect(intervalOf(dr).low).toBeLessThan(truth);
    expect(intervalOf(dr).high).toBeGreaterThan(truth);
  });
});

describe('clipped weights', () => {
  it('vary less, are told of, and lean towards what was shown', () => {
    const answers = randomizedLog(shop, logged, 2_000, { share: 0.1, depth: shop.items.length }, seededRandom(6));
    const whole = policyValue(answers, rankingIn(wanted));
    const clipped = policyValue(answers, rankingIn(wanted), { clip: 20 });
    expect(whole.clipped).toBe(0);
    expect(clipped.clipped).toBeGreaterThan(0);
    expect(clipped.effectivePlaces).toBeGreaterThan(whole.effectivePlaces);
    expect(clipped.ips.value).toBeLessThan(truth);
  });
});
