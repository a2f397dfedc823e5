import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../bootstrap.ts';
import { correctedAlpha } from './corrected-alpha.ts';
import { leastUnits, meanDifference, ratioInterval } from './mean-difference.ts';
import { ratioOf, unitSums } from './unit-sums.ts';

/** Users with 1 to 4 answers each, clicked with one probability. */
function users(count: number, rate: number, seed: number): [number, number][] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => {
    const answers = 1 + Math.floor(random() * 4);
    return [Array.from({ length: answers }, random).filter((draw) => draw < rate).length, answers];
  });
}
const arm = (count: number, rate: number, seed: number) => unitSums(users(count, rate, seed));
const nothing = unitSums([]);
const saysNothing = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY, pAlways: 1 };
const rates = fc.double({ min: 0.05, max: 0.9, noNaN: true });
const counts = fc.integer({ min: leastUnits, max: 400 });

describe('ratioOf', () => {
  it('has the variance that the delta method gives by hand', () => {
    const { ratio, variance } = ratioOf(
      unitSums([
        [1, 2],
        [0, 1],
        [3, 3],
      ]),
    );
    expect(ratio).toBeCloseTo(4 / 6);
    const squares = (1 - 4 / 3) ** 2 + (2 / 3) ** 2 + 1;
    expect(variance).toBeCloseTo(((squares / 2) * 3) / 36);
  });

  it('has the variance of a mean where every denominator is 1', () => {
    const { variance } = ratioOf(unitSums([2, 4, 9].map((x) => [x, 1])));
    expect(variance).toBeCloseTo(13 / 3);
  });

  it('has a variance near what many samples show', () => {
    const ratios = Array.from({ length: 400 }, (_, seed) => ratioOf(arm(200, 0.3, seed)));
    const mean = ratios.reduce((sum, { ratio }) => sum + ratio, 0) / 400;
    const seen = ratios.reduce((sum, { ratio }) => sum + (ratio - mean) ** 2, 0) / 399;
    expect(ratios[0]!.variance / seen).toBeGreaterThan(0.75);
    expect(ratios[0]!.variance / seen).toBeLessThan(1.35);
  });
});

describe('meanDifference', () => {
  it('finds a lift, in the metric and as a share of the control', () => {
    const found = meanDifference(arm(20_000, 0.33, 1), arm(20_000, 0.3, 2), 0.05);
    expect(found.low).toBeGreaterThan(0);
    expect(found.high).toBeLessThan(0.06);
    expect(found.relative).toBeCloseTo(0.1, 1);
    expect(found.relativeLow).toBeGreaterThan(0);
    expect(found.pAlways).toBeLessThan(0.001);
  });

  it('is as wide as the Gaussian mixture says', () => {
    const [one, other] = [arm(600, 0.5, 1), arm(400, 0.4, 2)];
    const { low, high } = meanDifference(one, other, 0.1);
    const spread = (1_000 * (-2 * Math.log(0.05) + Math.log(-2 * Math.log(0.05) + 1))) / 10_000;
    const variance = ratioOf(one).variance + ratioOf(other).variance;
    const half = Math.sqrt(((2 * (spread + 1)) / spread) * variance * Math.log(Math.sqrt(spread + 1) / 0.1));
    expect((high - low) / 2).toBeCloseTo(half, 12);
  });

  it('is wider than the interval for a single look, by less than twice where it is tightest', () => {
    const [one, other] = [arm(5_000, 0.5, 1), arm(5_000, 0.4, 2)];
    const { low, high } = meanDifference(one, other, 0.05);
    const single = 1.96 * Math.sqrt(ratioOf(one).variance + ratioOf(other).variance);
    expect((high - low) / 2 / single).toBeGreaterThan(1.2);
    expect((high - low) / 2 / single).toBeLessThan(1.8);
  });

  it('agrees with itself: p below alpha, 0 outside and no change outside are one thing', () => {
    fc.assert(
      fc.property(
        counts,
        counts,
        rates,
        rates,
        fc.double({ min: 0.001, max: 0.5, noNaN: true }),
        (n, m, p, q, alpha) => {
          const found = meanDifference(arm(n, p, 1), arm(m, q, 2), alpha);
          const outside = found.low > 0 || found.high < 0;
          expect(found.pAlways < alpha).toBe(outside);
          if (Number.isFinite(found.relativeLow)) {
            expect(found.relativeLow > 0 || found.relativeHigh < 0).toBe(outside);
            expect(found.relativeLow).toBeLessThanOrEqual(found.relative);
            expect(found.relativeHigh).toBeGreaterThanOrEqual(found.relative);
          }
        },
      ),
    );
  });

  it('turns its sign where arm and control change places, and does not care in what the metric is counted', () => {
    fc.assert(
      fc.property(rates, rates, fc.double({ min: 0.01, max: 1e6, noNaN: true }), (p, q, scale) => {
        const [one, other] = [users(150, p, 1), users(120, q, 2)];
        const scaled = (some: typeof one) => unitSums(some.map(([x, y]) => [x * scale, y]));
        const found = meanDifference(unitSums(one), unitSums(other), 0.05);
        const turned = meanDifference(unitSums(other), unitSums(one), 0.05);
        const inCents = meanDifference(scaled(one), scaled(other), 0.05);
        expect(turned.low).toBeCloseTo(-found.high, 10);
        expect(inCents.low / scale).toBeCloseTo(found.low, 6);
        expect(inCents.relativeHigh).toBeCloseTo(found.relativeHigh, 6);
        expect(inCents.pAlways).toBeCloseTo(found.pAlways, 6);
      }),
    );
  });

  it('claims nothing of fewer units than it needs, however great the difference', () => {
    const [few, many] = [arm(leastUnits - 1, 0.9, 1), arm(5_000, 0.1, 2)];
    expect(meanDifference(few, many, 0.05)).toMatchObject(saysNothing);
    expect(meanDifference(many, few, 0.05)).toMatchObject(saysNothing);
    expect(meanDifference(few, many, 0.05).difference).toBeGreaterThan(0.7);
  });

  it('claims nothing of no units, no answers, and units that are all alike', () => {
    const idle = unitSums(Array.from({ length: 500 }, () => [0, 0]));
    const unclicked = unitSums(Array.from({ length: 500 }, () => [0, 3]));
    const all = unitSums(Array.from({ length: 500 }, () => [0.1, 0.3]));
    const usual = arm(500, 0.3, 1);
    expect(meanDifference(nothing, usual, 0.05)).toMatchObject({ ...saysNothing, difference: Number.NaN });
    expect(meanDifference(usual, idle, 0.05)).toMatchObject({ ...saysNothing, relative: Number.NaN });
    expect(meanDifference(unclicked, unclicked, 0.05)).toMatchObject({ ...saysNothing, difference: 0 });
    expect(meanDifference(all, all, 0.05)).toMatchObject({ ...saysNothing, relative: 0 });
  });

  it('bounds no share of a control that may be 0', () => {
    const rare = arm(150, 0.004, 6);
    const found = meanDifference(arm(5_000, 0.3, 1), rare, 0.05);
    expect(found.low).toBeGreaterThan(0);
    expect(found.relativeHigh).toBe(Number.POSITIVE_INFINITY);
  });

  it.each([0, 1, Number.NaN])('refuses a level of %d', (alpha) => {
    expect(() => meanDifference(nothing, nothing, alpha)).toThrow(RangeError);
    expect(() => ratioInterval(nothing, alpha)).toThrow(RangeError);
  });
});

describe('ratioInterval', () => {
  it('holds the ratio, and claims nothing of few units', () => {
    const { ratio, low, high } = ratioInterval(arm(10_000, 0.5, 1), 0.05);
    expect(low).toBeLessThan(0.5);
    expect(high).toBeGreaterThan(0.5);
    expect(high - low).toBeLessThan(0.04);
    expect((low + high) / 2).toBeCloseTo(ratio);
    expect(ratioInterval(arm(50, 0.5, 1), 0.05)).toMatchObject({ low: Number.NEGATIVE_INFINITY });
  });
});

describe('correctedAlpha', () => {
  it('shares the level among the comparisons', () => {
    expect(correctedAlpha(0.05, 1)).toBe(0.05);
    expect(correctedAlpha(0.06, 3)).toBeCloseTo(0.02);
  });

  it.each([
    [0, 1],
    [1, 1],
    [0.05, 0],
    [0.05, 1.5],
  ])('refuses a level of %d for %d comparisons', (alpha, comparisons) => {
    expect(() => correctedAlpha(alpha, comparisons)).toThrow(RangeError);
  });
});
