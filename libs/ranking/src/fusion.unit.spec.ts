import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rrfFuse, shareFuse, signedShareFuse } from './fusion.ts';

const leg = (weight: number, scores: Record<string, number>) => ({ weight, scores: new Map(Object.entries(scores)) });
const scores = fc
  .dictionary(fc.constantFrom(...'abcdefgh'), fc.double({ min: -1e6, max: 1e6, noNaN: true }))
  .map((record) => new Map(Object.entries(record)));
const legs = fc.array(fc.record({ weight: fc.double({ min: 0, max: 1, noNaN: true }), scores }), { maxLength: 3 });

describe('shareFuse', () => {
  it('counts shares from the floor of a leg on, so that scores which hardly differ count little', () => {
    const flat = { weight: 0.9, scores: new Map(Object.entries({ a: 0.62, b: 0.6, c: 0.58 })), floor: 0.58 };
    const fused = shareFuse([{ weight: 0.1, scores: new Map(Object.entries({ d: 2, c: 1 })) }, flat]);
    expect([...fused.keys()]).toEqual(['d', 'a', 'c', 'b']);
    expect(fused.get('a')).toBeCloseTo((0.9 * 0.04) / 0.62);
    expect(fused.get('c')).toBeCloseTo(0.05);
  });

  it('adds shares of each leg’s best score', () => {
    const fused = shareFuse([leg(0.3, { 사과: 0.8, b: 0.4, c: 0.2 }), leg(0.7, { c: 10, 사과: 2, d: 5 })]);
    expect([...fused.keys()]).toEqual(['c', '사과', 'd', 'b']);
    expect(fused.get('c')).toBeCloseTo(0.775);
    expect(fused.get('사과')).toBeCloseTo(0.44);
    expect(fused.get('d')).toBeCloseTo(0.35);
    expect(fused.get('b')).toBeCloseTo(0.15);
  });

  it('tells the worst hit of a leg from what the leg did not find', () => {
    const fused = shareFuse([leg(1, { a: 3, b: 2 }), leg(0, { z: 1 })]);
    expect(fused.get('b')).toBeGreaterThan(fused.get('z')!);
  });

  it('counts a score of 0 or below as nothing', () => {
    expect(shareFuse([leg(0.5, { a: 3, b: -1 }), leg(0.5, { b: 0, c: -2 })])).toEqual(
      new Map([
        ['a', 0.5],
        ['b', 0],
        ['c', 0],
      ]),
    );
  });

  it('finds nothing in no legs and in empty legs', () => {
    expect(shareFuse([])).toEqual(new Map());
    expect(shareFuse([leg(1, {})])).toEqual(new Map());
  });

  it('refuses a weight below 0 and one that is no number', () => {
    expect(() => shareFuse([leg(-1, { a: 1 })])).toThrow(RangeError);
    expect(() => shareFuse([leg(Number.NaN, { a: 1 })])).toThrow(RangeError);
  });

  it('stays within 0 and the sum of weights, holds every id, and sorts', () => {
    fc.assert(
      fc.property(legs, (some) => {
        const fused = shareFuse(some);
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
      fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 1_000 }), { minLength: 1, maxLength: 20 }), (values) => {
        const named = new Map(values.map((value) => [`id${value}`, value]));
        const scaled = new Map(values.map((value) => [`id${value}`, value * 1000]));
        const order = [...values].sort((left, right) => right - left).map((value) => `id${value}`);
        expect([...shareFuse([{ weight: 1, scores: named }]).keys()]).toEqual(order);
        expect([...shareFuse([{ weight: 1, scores: scaled }]).keys()]).toEqual(order);
      }),
    );
  });
});

describe('signedShareFuse', () => {
  it('pushes down what a leg of a weight below 0 finds', () => {
    const fused = signedShareFuse([leg(1, { a: 10, b: 9, c: 5 }), leg(-0.5, { b: 4, c: 1 })]);
    expect([...fused]).toEqual([
      ['a', 1],
      ['b', 0.4],
      ['c', 0.375],
    ]);
  });

  it('is shareFuse where every weight is above 0', () => {
    fc.assert(
      fc.property(legs, (some) => {
        const above = some.map((each) => ({ ...each, weight: each.weight + 0.1 }));
        expect(signedShareFuse(above)).toEqual(shareFuse(above));
      }),
    );
  });

  it('never ranks a hit higher for being found by a leg of a weight below 0', () => {
    fc.assert(
      fc.property(scores, scores, fc.double({ min: 0.01, max: 5, noNaN: true }), (one, other, weight) => {
        const alone = signedShareFuse([{ weight: 1, scores: one }]);
        const pushed = signedShareFuse([
          { weight: 1, scores: one },
          { weight: -weight, scores: other },
        ]);
        for (const [id, score] of alone) expect(pushed.get(id)!).toBeLessThanOrEqual(score);
      }),
    );
  });

  it.each([0, Number.NaN, Number.POSITIVE_INFINITY])('refuses a weight of %d', (weight) => {
    expect(() => signedShareFuse([leg(weight, { a: 1 })])).toThrow(RangeError);
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
