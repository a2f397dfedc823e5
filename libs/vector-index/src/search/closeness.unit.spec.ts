import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { closenessOf } from './closeness.ts';
import type { Distance } from './distance.ts';

const distances: Distance[] = ['cosine', 'inner_product', 'l2', 'l1', 'hamming', 'jaccard'];
const dimensions = 16;
const of = (distance: Distance, score: number) => closenessOf({ distance, model: { dimensions } }, score);
const unit = fc
  .array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: dimensions, maxLength: dimensions })
  .filter((values) => Math.hypot(...values) > 1e-3)
  .map((values) => values.map((value) => value / Math.hypot(...values)));

describe('closeness', () => {
  it('by L2 is the cosine of vectors of length one', () => {
    fc.assert(
      fc.property(unit, unit, (one, other) => {
        const apart = Math.hypot(...one.map((value, at) => value - other[at]!));
        const cosine = one.reduce((sum, value, at) => sum + value * other[at]!, 0);
        expect(of('l2', -apart)).toBeCloseTo(cosine, 9);
      }),
    );
  });

  it('by Hamming is 1 for equal signs, 0 for half of them and -1 for none', () => {
    expect([0, -dimensions / 2, -dimensions].map((score) => of('hamming', score))).toEqual([
      1,
      expect.closeTo(0, 9),
      -1,
    ]);
  });

  it('by L1 is 0 where differences are as far apart as those of unrelated vectors', () => {
    const unrelated = Math.sqrt((4 * dimensions) / Math.PI);
    expect([of('l1', 0), of('l1', -unrelated)]).toEqual([1, expect.closeTo(0, 9)]);
  });

  it.each(distances)('rises with the score by %s, and is 1 at the most', (distance) => {
    const similarity = distance === 'cosine' || distance === 'inner_product' || distance === 'jaccard';
    const most = { cosine: 1, inner_product: 1, jaccard: 1, l2: 2, l1: 2 * Math.sqrt(dimensions), hamming: dimensions };
    const score = fc.double({ min: similarity ? -1 : -most[distance], max: similarity ? 1 : 0, noNaN: true });
    fc.assert(
      fc.property(score, score, (one, other) => {
        const [low, high] = [Math.min(one, other), Math.max(one, other)];
        expect(of(distance, low)).toBeLessThanOrEqual(of(distance, high));
        expect(of(distance, high)).toBeLessThanOrEqual(1);
      }),
    );
  });
});
