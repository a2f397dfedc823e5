import { meanDifference, ratioOf, seededRandom, type UnitSums } from '@kindred/ranking';
import { beforeAll, describe, expect, it } from 'vitest';
import { Shop } from './shop.ts';
import { places, SplitArm } from './split.ts';

const shop = new Shop();
const asItIs = shop.rankings({ crowd: 0.7, taste: 0.3 });
const better = shop.rankings({ crowd: 0.5, taste: 0.5 });
const truth = shop.value(better, places) - shop.value(asItIs, places);
const level = 0.05;
const looks = 20;

/** So many of so many tests, of probability p each, are passed by chance once in 30,000 times. */
const mostByChance = (tests: number, p: number) => tests * p + 4 * Math.sqrt(tests * p * (1 - p));

/** Splits with a look after every batch of 150 people in each arm; `seen` is told of each look. */
function splits(
  rankings: string[][],
  count: number,
  seen: (control: SplitArm, arm: SplitArm, test: number) => void,
): void {
  for (let test = 0; test < count; test++) {
    const random = seededRandom(1_000 + test);
    const [control, arm] = [new SplitArm(shop, asItIs, random), new SplitArm(shop, rankings, random)];
    for (let look = 0; look < looks; look++) {
      control.visits(150);
      arm.visits(150);
      seen(control, arm, test);
    }
  }
}

/** Whether a look calls a difference: by the interval for all looks, and by the usual one. */
function outside(control: UnitSums, arm: UnitSums): { always: boolean; oneLook: boolean } {
  const { low, high, difference } = meanDifference(arm, control, level);
  const error = Math.sqrt(ratioOf(control).variance + ratioOf(arm).variance);
  return { always: low > 0 || high < 0, oneLook: Math.abs(difference) > 1.96 * error };
}

describe('an A/A test that is looked at twenty times', () => {
  const wins = { clicks: new Set<number>(), purchases: new Set<number>(), revenue: new Set<number>() };
  const fooled = { clicks: new Set<number>(), purchases: new Set<number>(), revenue: new Set<number>() };
  const tests = 250;

  beforeAll(
    () =>
      splits(asItIs, tests, (control, arm, test) => {
        for (const metric of ['clicks', 'purchases', 'revenue'] as const) {
          const { always, oneLook } = outside(control.sums[metric], arm.sums[metric]);
          if (always) wins[metric].add(test);
          if (oneLook) fooled[metric].add(test);
        }
      }),
    60_000,
  );

  it.each(['clicks', 'purchases', 'revenue'] as const)(
    'is called a win by %s no more often than its level',
    (metric) => {
      console.log(
        `A/A, ${metric}: ${wins[metric].size} of ${tests} called, by intervals for one look ${fooled[metric].size}`,
      );
      expect(wins[metric].size).toBeLessThanOrEqual(mostByChance(tests, level));
      expect(fooled[metric].size).toBeGreaterThan(mostByChance(tests, level));
    },
  );
});

describe('an A/B test of a better ranking', () => {
  it('finds it, and its interval holds the truth at all looks together at its level', () => {
    const tests = 150;
    const found = new Set<number>();
    const missed = new Set<number>();
    splits(better, tests, (control, arm, test) => {
      const { low, high } = meanDifference(arm.sums.clicks, control.sums.clicks, level);
      if (low > 0) found.add(test);
      if (truth < low || truth > high) missed.add(test);
    });
    const lift = truth / shop.value(asItIs, places);
    console.log(`A/B, lift ${lift.toFixed(3)}: found in ${found.size} of ${tests}, truth left out in ${missed.size}`);
    expect(found.size).toBeGreaterThan(0.9 * tests);
    expect(missed.size).toBeLessThanOrEqual(mostByChance(tests, level));
  });
});
