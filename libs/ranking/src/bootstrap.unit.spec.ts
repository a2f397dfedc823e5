import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bootstrapInterval, seededRandom } from './bootstrap.ts';

describe('bootstrapInterval', () => {
  it('comes out the same for the same seed, and near the normal interval', () => {
    const random = seededRandom(5);
    const values = Array.from({ length: 400 }, () => random());
    const interval = bootstrapInterval(values, { seed: 7 });
    expect(bootstrapInterval(values, { seed: 7 })).toEqual(interval);
    const halfWidth = 1.96 * Math.sqrt(1 / 12 / 400);
    expect(interval.high - interval.mean).toBeCloseTo(halfWidth, 2);
    expect(interval.mean - interval.low).toBeCloseTo(halfWidth, 2);
  });

  it('holds the mean, within the values', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -9, max: 9, noNaN: true }), { minLength: 1, maxLength: 20 }), (values) => {
        const { low, mean, high } = bootstrapInterval(values, { samples: 200 });
        expect(low).toBeLessThanOrEqual(high);
        expect(low).toBeGreaterThanOrEqual(Math.min(...values) - 1e-9);
        expect(high).toBeLessThanOrEqual(Math.max(...values) + 1e-9);
        expect(mean).toBeGreaterThanOrEqual(Math.min(...values) - 1e-9);
      }),
    );
  });

  it('is a point where all values are equal', () => {
    expect(bootstrapInterval([2, 2, 2])).toEqual({ low: 2, mean: 2, high: 2 });
  });

  it('refuses no values and senseless options', () => {
    expect(() => bootstrapInterval([])).toThrow(RangeError);
    expect(() => bootstrapInterval([1], { confidence: 1 })).toThrow(RangeError);
    expect(() => bootstrapInterval([1], { samples: 0 })).toThrow(RangeError);
  });
});

describe('seededRandom', () => {
  it('is uniform in [0, 1) and depends on the seed', () => {
    const random = seededRandom(1);
    const draws = Array.from({ length: 10_000 }, random);
    expect(Math.min(...draws)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...draws)).toBeLessThan(1);
    expect(draws.reduce((sum, draw) => sum + draw, 0) / draws.length).toBeCloseTo(0.5, 1);
    expect(seededRandom(2)()).not.toBe(seededRandom(1)());
  });
});
