import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FollowerFinder, type FollowerOptions } from './follower-finder.ts';

/** The followers of each item. */
function followerLists(sequences: number[][], items: number, given: FollowerOptions) {
  const finder = new FollowerFinder(sequences, items, given);
  return Array.from({ length: items }, (_, item) => finder.of(item));
}

const options = { window: 3, most: 10, shrinkage: 0 };

describe('FollowerFinder', () => {
  it('counts a follower less the farther behind it came', () => {
    const [first] = followerLists([[0, 1, 2, 3]], 4, options);
    expect([...first!.items]).toEqual([1, 2, 3]);
    expect(first!.scores[0]! / first!.scores[1]!).toBeCloseTo(2, 5);
    expect(first!.scores[0]! / first!.scores[2]!).toBeCloseTo(3, 5);
  });

  it('knows which way people went, and nothing behind the last item or beyond the window', () => {
    const lists = followerLists([[0, 1, 2]], 3, { ...options, window: 1 });
    expect([...lists[0]!.items]).toEqual([1]);
    expect([...lists[1]!.items]).toEqual([2]);
    expect(lists[2]).toEqual({ items: [], scores: [] });
  });

  it('trusts what many did more than what one did', () => {
    const many = Array.from({ length: 9 }, () => [0, 1]);
    const lists = followerLists([...many, [2, 1]], 3, { ...options, shrinkage: 3 });
    expect(lists[0]!.scores[0]).toBeCloseTo(9 / 12, 5);
    expect(lists[2]!.scores[0]).toBeCloseTo(1 / 4, 5);
  });

  it('counts how often the item led nowhere too', () => {
    const [first] = followerLists([[0, 1], [0], [0], [0]], 2, options);
    expect(first!.scores[0]).toBeCloseTo(1 / 4, 5);
  });

  it('can rank by what came more often than by chance, and by steps that hardly fade', () => {
    const sequences = [[0, 1], [0, 1, 2], [1], [1]];
    const [plain] = followerLists(sequences, 3, options);
    expect(plain!.items).toEqual([1, 2]);
    const [lifted] = followerLists(sequences, 3, { ...options, distancePower: 0, popularityPower: 1 });
    expect(lifted).toEqual({ items: [2, 1], scores: [1 / 2, 2 / 8] });
  });

  it('gives scores above 0, best first, never the item itself', () => {
    const sequences = fc.array(fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 12 }), { maxLength: 20 });
    fc.assert(
      fc.property(sequences, (given) => {
        for (const [item, list] of followerLists(given, 10, { window: 4, most: 5, shrinkage: 1 }).entries()) {
          expect([...list.items]).not.toContain(item);
          expect(list.items.length).toBeLessThanOrEqual(5);
          for (const [at, score] of list.scores.entries()) {
            expect(score).toBeGreaterThan(0);
            if (at > 0) expect(score).toBeLessThanOrEqual(list.scores[at - 1]!);
          }
        }
      }),
    );
  });

  it('refuses numbers beyond the catalog', () => {
    expect(() => followerLists([[0, 4]], 5, options)).not.toThrow();
    expect(() => followerLists([[5]], 5, options)).toThrow(RangeError);
    expect(() => followerLists([], 0, { ...options, window: 0 })).toThrow(RangeError);
  });
});
