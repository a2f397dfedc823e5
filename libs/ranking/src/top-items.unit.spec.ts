import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { selectTop, topItems } from './top-items.ts';

describe('the items with the highest scores', () => {
  it('are the first of all items in order, ties by number, whatever the scores are', () => {
    const lengths = { maxLength: 300, size: 'max' } as const;
    const score = fc.oneof(
      fc.double({ noDefaultInfinity: true, min: -1e9, max: 1e9 }),
      fc.constantFrom(0, 1, 1, Number.NEGATIVE_INFINITY, Number.NaN),
    );
    const bound = fc.constantFrom(Number.NEGATIVE_INFINITY, 0, 1);
    fc.assert(
      fc.property(fc.array(score, lengths), fc.nat(20), bound, (scores, most, above) => {
        const expected = [...scores.keys()].filter((item) => scores[item]! > above);
        expected.sort((left, right) => scores[right]! - scores[left]! || left - right);
        const given = Float64Array.from(scores);
        expect(topItems(given, most, above)).toEqual(expected.slice(0, most));
        const byNumber = expected.slice(0, most).sort((left, right) => left - right);
        expect([...selectTop(given, most, above)]).toEqual(byNumber);
      }),
    );
  });

  it('are found where a sample of the scores misleads', () => {
    const scores = Float32Array.from({ length: 5_000 }, (_, item) => (item % 16 === 0 ? 1e6 + item : item));
    expect(topItems(scores, 4)).toEqual([4_992, 4_976, 4_960, 4_944]);
    const lower = Float32Array.from(scores, (score) => -score);
    expect(topItems(lower, 4)).toEqual([1, 2, 3, 4]);
    const high = [...Array(5_000).keys()].filter((item) => item % 16 === 0 || item > 4_900);
    expect([...selectTop(scores, high.length)]).toEqual(high);
  });
});
