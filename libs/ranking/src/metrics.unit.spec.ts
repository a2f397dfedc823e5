import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgedOnly, mrrAt, ndcgAt, recallAt } from './metrics.ts';

const grades = new Map([
  ['가', 3],
  ['b', 2],
  ['c', 0],
]);
const someGrades = fc
  .dictionary(fc.constantFrom(...'abcdefgh'), fc.integer({ min: 0, max: 3 }))
  .map((record) => new Map(Object.entries(record)));
const someRanking = fc.uniqueArray(fc.constantFrom(...'abcdefghxyz'));

describe('ndcgAt', () => {
  it('agrees with the textbook, for linear and exponential gain', () => {
    const ideal = 3 + 2 / Math.log2(3);
    expect(ndcgAt(10, ['b', 'x', '가'], grades)).toBeCloseTo((2 + 3 / 2) / ideal);
    expect(ndcgAt(10, ['b', 'x', '가'], grades, 'exponential')).toBeCloseTo((3 + 7 / 2) / (7 + 3 / Math.log2(3)));
  });

  it('looks at the first k only, in the ranking and in the ideal', () => {
    expect(ndcgAt(1, ['가'], grades)).toBe(1);
    expect(ndcgAt(1, ['x', '가'], grades)).toBe(0);
  });

  it('is undefined where nothing is relevant', () => {
    expect(ndcgAt(10, ['c'], new Map([['c', 0]]))).toBeUndefined();
    expect(ndcgAt(10, ['c'], new Map())).toBeUndefined();
  });

  it('lies within 0..1, is 1 for the ideal order, and never falls when two hits are put right', () => {
    fc.assert(
      fc.property(
        someRanking,
        someGrades,
        fc.constantFrom('linear' as const, 'exponential' as const),
        (ranked, some, gain) => {
          const value = ndcgAt(5, ranked, some, gain);
          if (value === undefined) return;
          expect(value >= 0 && value <= 1 + 1e-12).toBe(true);
          const ideal = [...some].sort((left, right) => right[1] - left[1]).map(([id]) => id);
          expect(ndcgAt(5, ideal, some, gain)).toBeCloseTo(1);
          const sorted = [...ranked].sort((left, right) => (some.get(right) ?? 0) - (some.get(left) ?? 0));
          expect(ndcgAt(5, sorted, some, gain)!).toBeGreaterThanOrEqual(value - 1e-12);
        },
      ),
    );
  });
});

describe('judgedOnly', () => {
  it('takes out what nobody judged, and keeps the order', () => {
    expect(judgedOnly(['x', 'b', 'y', 'c', '가'], grades)).toEqual(['b', 'c', '가']);
  });
});

describe('recallAt', () => {
  it('is the share of relevant documents found', () => {
    expect(recallAt(2, ['x', 'b', '가'], grades)).toBe(0.5);
    expect(recallAt(3, ['x', 'b', '가'], grades)).toBe(1);
    expect(recallAt(3, ['b', 'b', 'b'], grades)).toBe(0.5);
    expect(recallAt(3, ['c'], new Map([['c', 0]]))).toBeUndefined();
  });

  it('never falls with k', () => {
    fc.assert(
      fc.property(someRanking, someGrades, fc.nat(10), (ranked, some, k) => {
        expect(recallAt(k, ranked, some) ?? 0).toBeLessThanOrEqual(recallAt(k + 1, ranked, some) ?? 0);
      }),
    );
  });
});

describe('mrrAt', () => {
  it('is one by the rank of the first relevant document', () => {
    expect(mrrAt(10, ['x', 'c', 'b', '가'], grades)).toBeCloseTo(1 / 3);
    expect(mrrAt(2, ['x', 'c', 'b', '가'], grades)).toBe(0);
    expect(mrrAt(10, [], grades)).toBe(0);
  });
});
