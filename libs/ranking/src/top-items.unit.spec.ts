import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { topItems } from './top-items.ts';

describe('the items with the highest scores', () => {
  it('are the first of all items in order, ties by number, whatever the scores are', () => {
    const score = fc.oneof(
      fc.double({ noDefaultInfinity: true, min: -1e9, max: 1e9 }),
      fc.constantFrom(0, 1, 1, Number.NEGATIVE_INFINITY, Number.NaN),
    );
    const bound = fc.constantFrom(Number.NEGATIVE_INFINITY, 0, 1);
    fc.assert(
      fc.property(fc.array(score, { maxLength: 300 }), fc.nat(20), bound, (scores, most, above) => {
        const expected = [...scores.keys()].filter((item) => scores[item]! > above);
        expected.sort((left, right) => scores[right]! - scores[left]! || left - right);
        expect(topItems(Float64Array.from(scores), most, above)).toEqual(expected.slice(0, most));
      }),
    );
  });

  it('are found where one outlier leaves all others in one class', () => {
    const scores = Float32Array.from({ length: 5_000 }, (_, item) => (item * 7_919) % 5_000);
    scores[17] = 1e30;
    expect(topItems(scores, 4)).toEqual([17, scores.indexOf(4_999), scores.indexOf(4_998), scores.indexOf(4_997)]);
  });
});
