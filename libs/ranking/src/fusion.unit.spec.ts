import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { minMaxFuse, rrfFuse } from './fusion.ts';

const leg = (weight: number, scores: Record<string, number>) => ({ weight, scores: new Map(Object.entries(scores)) });
const scores = fc
  .dictionary(fc.constantFrom(...'abcdefgh'), fc.double({ min: -1e6, max: 1e6, noNaN: true }))
  .map((record) => new Map(Object.entries(record)));
const legs = fc.array(fc.record({ weight: fc.double({ min: 0, max: 1, noNaN: true }), scores }), { maxLength: 3 });

describe('minMaxFuse', () => {
  it('adds scores that are stretched within each leg', () => {
    const fused = minMaxFuse([leg(0.3, { 사과: 0.9, b: 0.5, c: 0.4 }), leg(0.7, { c: 12, 사과: 2, d: 7 })]);
    expect([...fused.keys()]).toEqual(['c', 'd', '사과', 'b']);
    expect(fused.get('c')).toBeCloseTo(0.7);
    expect(fused.get('d')).toBeCloseTo(0.35);
    expect(fused.get('사과')).toBeCloseTo(0.3);
    expect(fused.get('b')).toBeCloseTo(0.06);
  });

  it('counts every hit of a leg with equal scores fully', () => {
    expect(minMaxFuse([leg(0.5, { a: 3 }), leg(0.5, { b: 0, c: 0 })])).toEqual(
      new Map([
        ['a', 0.5],
        ['b', 0.5],
        ['c', 0.5],
      ]),
    );
  });

  it('finds nothing in no legs and in empty legs', () => {
    expect(minMaxFuse([])).toEqual(new Map());
    expect(minMaxFuse([leg(1, {})])).toEqual(new Map());
  });

  it('refuses a weight below 0 and one that is no number', () => {
    expect(() => minMaxFuse([leg(-1, { a: 1 })])).toThrow(RangeError);
    expect(() => minMaxFuse([leg(Number.NaN, { a: 1 })])).toThrow(RangeError);
  });

  it('stays within 0 and the sum of weights, holds every id, and sorts', () => {
    fc.assert(
      fc.property(legs, (some) => {
        const fused = minMaxFuse(some);
        const most = some.reduce((sum, { weight }) => sum + weight, 0);
        expect(new Set(fused.keys())).toEqual(new Set(some.flatMap((each) => [...each.scores.keys()])));
        const values = [...fused.values()];
        expect(values).toEqual([...values].sort((left, right) => right - left));
        for (const value of values) expect(value >= 0 && value <= most + 1e-9).toBe(true);
      }),
    );
  });

  it('ranks a single leg as the leg does, whatever its scale', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: -1_000, max: 1_000 }), { minLength: 1, maxLength: 20 }),
        (values) => {
          const named = new Map(values.map((value) => [`id${value}`, value]));
          const scaled = new Map(values.map((value) => [`id${value}`, value * 1000 + 5]));
          const order = [...values].sort((left, right) => right - left).map((value) => `id${value}`);
          expect([...minMaxFuse([{ weight: 1, scores: named }]).keys()]).toEqual(order);
          expect([...minMaxFuse([{ weight: 1, scores: scaled }]).keys()]).toEqual(order);
        },
      ),
    );
  });
});

describe('rrfFuse', () => {
  it('adds reciprocal ranks', () => {
    const fused = rrfFuse([leg(1, { a: 9, b: 1 }), leg(2, { b: 5 })]);
    expect(fused.get('b')).toBeCloseTo(1 / 62 + 2 / 61);
    expect(fused.get('a')).toBeCloseTo(1 / 61);
  });

  it('does not care about the scale of scores', () => {
    fc.assert(
      fc.property(legs, (some) => {
        const order = (scale: (score: number) => number) =>
          rrfFuse(
            some.map((each) => ({
              ...each,
              scores: new Map([...each.scores].map(([id, score]) => [id, scale(score)])),
            })),
          );
        expect(order((score) => score * 2)).toEqual(order((score) => score));
      }),
    );
  });

  it('refuses a negative k', () => {
    expect(() => rrfFuse([], -1)).toThrow(RangeError);
  });
});
