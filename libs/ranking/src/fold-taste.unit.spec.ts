import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldTaste } from './fold-taste.ts';

const event = (weight: number, ...values: number[]) => ({ weight, vector: Float32Array.from(values) });

describe('foldTaste', () => {
  it('weighs the newest event most', () => {
    const taste = foldTaste([event(1, 1, 0), event(1, 0, 1)], 1)!;
    expect(taste[0]! / taste[1]!).toBeCloseTo(2);
  });

  it('weighs all alike without decay', () => {
    const taste = foldTaste([event(1, 1, 0), event(1, 0, 1)], Infinity)!;
    expect(taste[0]).toBeCloseTo(Math.SQRT1_2);
    expect(taste[1]).toBeCloseTo(Math.SQRT1_2);
  });

  it('subtracts what the user disliked', () => {
    const taste = foldTaste([event(1, 1, 0), event(-0.5, 0, 1)], Infinity)!;
    expect(taste[0]).toBeGreaterThan(0);
    expect(taste[1]).toBeLessThan(0);
  });

  it('is undefined without events and where they cancel out', () => {
    expect(foldTaste([], 5)).toBeUndefined();
    expect(foldTaste([event(1, 0.6, 0.8), event(-1, 0.6, 0.8)], Infinity)).toBeUndefined();
    expect(foldTaste([event(1, 0, 0)], 5)).toBeUndefined();
  });

  it('refuses vectors of different models, and a half-life that is not above 0', () => {
    expect(() => foldTaste([event(1, 1, 0), event(1, 1)], 5)).toThrow('1 and 2 dimensions');
    expect(() => foldTaste([], 0)).toThrow(RangeError);
  });

  it('has length 1, whatever the scale of weights', () => {
    const weight = fc.constantFrom(-1, -0.5, 0.2, 1, 3);
    const value = fc.double({ min: -1, max: 1, noNaN: true });
    const events = fc.array(fc.tuple(weight, value, value, value), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(events, (many) => {
        const taste = foldTaste(
          many.map(([by, ...values]) => event(by, ...values)),
          4,
        );
        if (!taste) return;
        expect(Math.hypot(...taste)).toBeCloseTo(1, 4);
        const scaled = foldTaste(
          many.map(([by, ...values]) => event(by * 8, ...values)),
          4,
        )!;
        scaled.forEach((each, at) => {
          expect(each).toBeCloseTo(taste[at]!, 5);
        });
      }),
    );
  });
});
