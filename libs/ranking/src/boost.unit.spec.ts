import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addBoost, type DecayCurve, decayShare, pivotShare } from './boost.ts';

const curves: DecayCurve[] = ['exponential', 'gaussian', 'linear'];
const positive = fc.double({ min: 1e-3, max: 1e6, noNaN: true });
const shape = fc.record({
  curve: fc.constantFrom(...curves),
  scale: positive,
  offset: fc.double({ min: 0, max: 1e6, noNaN: true }),
  atScale: fc.double({ min: 0.01, max: 0.99, noNaN: true }),
});
const distance = fc.double({ min: -1e7, max: 1e7, noNaN: true });

describe('decayShare', () => {
  it.each(curves)('is 1 up to the offset and at_scale a scale beyond it: %s', (curve) => {
    const at = (meters: number) => decayShare(meters, { curve, scale: 1_000, offset: 200, atScale: 0.4 });
    expect([at(0), at(200), at(-200)]).toEqual([1, 1, 1]);
    expect(at(1_200)).toBeCloseTo(0.4, 12);
    expect(at(-1_200)).toBeCloseTo(0.4, 12);
  });

  it('tells the curves apart', () => {
    const at = (curve: DecayCurve, scales: number) => decayShare(scales, { curve, scale: 1, offset: 0, atScale: 0.5 });
    expect(curves.map((curve) => at(curve, 2))).toEqual([0.25, 0.0625, 0]);
    expect(at('linear', 1.5)).toBeCloseTo(0.25);
  });

  it('stays within 0 and 1, is the same on both sides, and never grows with distance', () => {
    fc.assert(
      fc.property(shape, distance, distance, (each, one, other) => {
        const [near, far] = [one, other].map(Math.abs).sort((a, b) => a - b) as [number, number];
        const [close, distant] = [decayShare(near, each), decayShare(far, each)];
        expect(close >= distant && distant >= 0 && close <= 1).toBe(true);
        expect(decayShare(-near, each)).toBe(close);
      }),
    );
  });

  it.each([{ scale: 0 }, { scale: Number.NaN }, { offset: -1 }, { atScale: 0 }, { atScale: 1 }])(
    'refuses %j',
    (bad) => {
      const good = { curve: 'linear' as const, scale: 1, offset: 0, atScale: 0.5 };
      expect(() => decayShare(1, { ...good, ...bad })).toThrow(RangeError);
    },
  );
});

describe('pivotShare', () => {
  it('is half at the pivot, grows, and stays below 1', () => {
    expect(pivotShare(30, 30)).toBe(0.5);
    expect([pivotShare(0, 5), pivotShare(-3, 5), pivotShare(Infinity, 5)]).toEqual([0, 0, 1]);
    fc.assert(
      fc.property(positive, positive, positive, (value, more, pivot) => {
        expect(pivotShare(value + more, pivot)).toBeGreaterThanOrEqual(pivotShare(value, pivot));
        expect(pivotShare(value, pivot)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('refuses a pivot of 0', () => {
    expect(() => pivotShare(1, 0)).toThrow(RangeError);
  });
});

describe('addBoost', () => {
  it('multiplies by one and the boost', () => {
    expect([addBoost(0.8, 0.5), addBoost(0.8, 0), addBoost(0.8, -0.25), addBoost(0.8, -3)]).toEqual([
      0.8 * 1.5,
      0.8,
      0.8 * 0.75,
      0,
    ]);
  });

  const score = fc.double({ min: -1, max: 1, noNaN: true });
  const boost = fc.double({ min: 0, max: 5, noNaN: true });

  it('lifts scores below 0 too', () => {
    fc.assert(
      fc.property(score, boost, (each, by) => {
        expect(addBoost(each, by)).toBeGreaterThanOrEqual(each);
        expect(addBoost(each, -by)).toBeLessThanOrEqual(each);
      }),
    );
  });

  it('never turns the order of what it boosts, and a greater boost never lifts less', () => {
    fc.assert(
      fc.property(score, score, boost, boost, (one, other, by, more) => {
        const [low, high] = [Math.min(one, other), Math.max(one, other)];
        for (const each of [by, -by]) expect(addBoost(low, each)).toBeLessThanOrEqual(addBoost(high, each));
        expect(addBoost(one, by + more)).toBeGreaterThanOrEqual(addBoost(one, by));
      }),
    );
  });
});
