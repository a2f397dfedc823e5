import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { differenceOf, intervalOf } from './estimate.ts';
import { type LoggedAnswer, policyValue } from './policy-value.ts';
import { RewardModel } from './reward-model.ts';

/** Of two items, each at each place in half of the answers. */
const answer = (unit: string, shown: string[], rewards: number[]): LoggedAnswer => ({
  unit,
  shown,
  rewards,
  chance: (item) => (item === '없음' ? 0 : 0.5),
});
const log = [
  answer('김', ['a', 'b'], [1, 0]),
  answer('김', ['b', 'a'], [0, 1]),
  answer('이', ['b', 'a'], [1, 0]),
  answer('박', ['a', 'b'], [1, 1]),
];
const always =
  (...ranking: string[]) =>
  () =>
    ranking;

describe('policyValue', () => {
  it('counts rewards where the ranking agrees, divided by the probability of the place', () => {
    const { ips, snips, effectivePlaces, unsupported, clipped } = policyValue(log, always('a', 'b'));
    expect(ips.value).toBe((2 * 3) / 4);
    // Four weights of 2 where eight places were to be filled.
    expect(snips.value).toBe(1.5);
    expect({ effectivePlaces, unsupported, clipped }).toEqual({ effectivePlaces: 4, unsupported: 0, clipped: 0 });
  });

  it('adds the weighted errors of the predictions to the predictions', () => {
    const predict = (_: LoggedAnswer, item: string) => (item === 'a' ? 0.75 : 0.25);
    const { dr } = policyValue(log, always('a', 'b'), { predict });
    expect(dr.value).toBe(1 + (2 * (3 - 2)) / 4);
  });

  it('says which share of the places nothing is known of, and predicts them', () => {
    const predict = (_: LoggedAnswer, item: string) => (item === '없음' ? 0.25 : 0);
    const { ips, dr, unsupported } = policyValue(log, always('a', '없음'), { predict });
    expect(unsupported).toBe(0.5);
    expect(ips.value).toBe((2 * 2) / 4);
    expect(dr.value).toBe(ips.value + 0.25);
  });

  it('clips weights where it is told to, and says how many', () => {
    const { ips, clipped } = policyValue(log, always('a', 'b'), { clip: 1.5 });
    expect(ips.value).toBe((1.5 * 3) / 4);
    expect(clipped).toBe(1);
  });

  it('is what was earned, where the log always shows what the ranking does', () => {
    const sure = log.map((each) => ({ ...each, chance: () => 1 }));
    const { ips, snips, effectivePlaces } = policyValue(sure, ({ shown }) => shown);
    expect(ips.value).toBe(5 / 4);
    expect(snips.value).toBe(5 / 4);
    expect(effectivePlaces).toBe(8);
  });

  it('knows nothing of a ranking that no answer agrees with', () => {
    const { ips, snips, effectivePlaces } = policyValue(log, always('c', 'd'));
    expect(ips.value).toBe(0);
    expect(snips.value).toBeNaN();
    expect(effectivePlaces).toBe(0);
  });

  it('refuses a log that shows what it says it never shows', () => {
    const wrong = [answer('김', ['없음'], [1])];
    expect(() => policyValue(wrong, always('없음'))).toThrow(RangeError);
  });

  it('has influences that sum to 0, one for each unit, whatever the predictions', () => {
    fc.assert(
      fc.property(fc.double({ min: -2, max: 2, noNaN: true }), fc.shuffledSubarray(['a', 'b']), (each, ranking) => {
        const value = policyValue(log, always(...ranking), { predict: () => each });
        for (const { influences } of [value.ips, value.dr]) {
          expect(influences).toHaveLength(3);
          expect(influences.reduce((sum, one) => sum + one, 0)).toBeCloseTo(0, 12);
        }
      }),
    );
  });
});

describe('intervalOf', () => {
  it('is that of a mean, where units have one answer each', () => {
    const single = [1, 2, 4, 9].map((reward, at) => ({ ...answer(`${at}`, ['a'], [reward]), chance: () => 1 }));
    const { value, low, high } = intervalOf(policyValue(single, always('a')).ips);
    const deviation = Math.sqrt((9 + 4 + 0 + 25) / 3);
    expect(value).toBe(4);
    expect(high - value).toBeCloseTo((1.96 * deviation) / 2, 3);
    expect(value - low).toBeCloseTo(high - value, 12);
  });

  it('is a point for the difference of a ranking from itself, and unbounded for one unit', () => {
    const { dr } = policyValue(log, always('a', 'b'));
    expect(intervalOf(differenceOf(dr, dr))).toEqual({ value: 0, low: 0, high: 0 });
    expect(intervalOf(policyValue(log.slice(0, 1), always('a', 'b')).ips).high).toBe(Number.POSITIVE_INFINITY);
    expect(() => differenceOf(dr, policyValue(log.slice(0, 1), always('a')).dr)).toThrow(RangeError);
  });
});

function modelOf(answers: readonly LoggedAnswer[]) {
  const model = new RewardModel();
  for (const one of answers) model.learn(one);
  return (of: LoggedAnswer, item: string, place: number) => model.predict(of, item, place);
}

describe('RewardModel', () => {
  const crowd = Array.from({ length: 600 }, (_, at) => {
    const shown = at % 2 === 0 ? ['좋은 것', '나쁜 것'] : ['나쁜 것', '좋은 것'];
    return answer(
      `user ${at}`,
      shown,
      shown.map((item) => (item === '좋은 것' ? 1 : 0)),
    );
  });

  it('tells items apart, and predicts the mean of the place for one it does not know', () => {
    const predict = modelOf(crowd);
    expect(predict(crowd[0]!, '좋은 것', 0)).toBeGreaterThan(0.9);
    expect(predict(crowd[0]!, '나쁜 것', 0)).toBeLessThan(0.1);
    expect(predict(crowd[0]!, '새것', 1)).toBeCloseTo(0.5, 1);
    expect(predict(crowd[0]!, '새것', 7)).toBe(0);
  });

  it('predicts no unit from its own answers', () => {
    const other = crowd.map((each, at) => (at === 0 ? { ...each, rewards: [1_000, 1_000] } : each));
    for (const item of ['좋은 것', '나쁜 것', '새것']) {
      expect(modelOf(other)(other[0]!, item, 0)).toBe(modelOf(crowd)(crowd[0]!, item, 0));
    }
  });

  it('expects nothing of a log without rewards', () => {
    const idle = crowd.map((each) => ({ ...each, rewards: [0, 0] }));
    expect(modelOf(idle)(idle[0]!, '좋은 것', 0)).toBe(0);
  });
});
