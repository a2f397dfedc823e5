import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from './bootstrap.ts';
import type { InteractionPairs } from './interaction-matrix.ts';
import { type NeighborOptions, type Neighbors, shrunkCosineNeighbors } from './shrunk-cosine.ts';

function pairsOf(
  pairs: readonly (readonly [user: number, item: number])[],
  userCount = 8,
  itemCount = 8,
): InteractionPairs {
  const users = Uint32Array.from(pairs, ([user]) => user);
  const items = Uint32Array.from(pairs, ([, item]) => item);
  return { users, items, userCount, itemCount };
}

function ofItem({ offsets, items, scores }: Neighbors, item: number): [item: number, score: number][] {
  const [start, end] = [offsets[item]!, offsets[item + 1]!];
  return Array.from(items.subarray(start, end), (other, at) => [other, scores[start + at]!]);
}

/** Straight from the formula, all pairs against all. */
function bySets(pairs: readonly (readonly [number, number])[], shrinkage: number, itemCount = 8): [number, number][][] {
  const usersOf = (item: number) => new Set(pairs.filter((pair) => pair[1] === item).map(([user]) => user));
  return Array.from({ length: itemCount }, (_, item) => {
    const own = usersOf(item);
    const scored = Array.from({ length: itemCount }, (_, other): [number, number] => {
      const others = usersOf(other);
      const common = [...own].filter((user) => others.has(user)).length;
      if (other === item || common === 0) return [other, 0];
      return [other, Math.fround(((common / Math.sqrt(own.size * others.size)) * common) / (common + shrinkage))];
    });
    return scored.filter(([, score]) => score > 0).sort((left, right) => right[1] - left[1] || left[0] - right[0]);
  });
}

describe('shrunkCosineNeighbors', () => {
  it('agrees with the formula on any input', () => {
    const somePairs = fc.array(fc.tuple(fc.nat(7), fc.nat(7)), { maxLength: 60 });
    const someOptions = fc.record({ shrinkage: fc.constantFrom(0, 1, 10), limit: fc.integer({ min: 1, max: 8 }) });
    fc.assert(
      fc.property(somePairs, someOptions, (pairs, options: NeighborOptions) => {
        const neighbors = shrunkCosineNeighbors(pairsOf(pairs), options);
        bySets(pairs, options.shrinkage!).forEach((expected, item) => {
          const found = ofItem(neighbors, item);
          expect(found.map(([other]) => other)).toEqual(expected.slice(0, options.limit).map(([other]) => other));
          found.forEach(([, score], at) => {
            expect(score).toBeCloseTo(expected[at]![1], 6);
          });
        });
      }),
    );
  });

  it('trusts many common users more than one', () => {
    const pairs = [0, 1, 2, 3].flatMap((user) => [[user, 0] as const, [user, 1] as const]);
    const neighbors = shrunkCosineNeighbors(pairsOf([...pairs, [7, 5], [7, 6]]), { shrinkage: 10 });
    expect(ofItem(neighbors, 0)).toEqual([[1, Math.fround(4 / 14)]]);
    expect(ofItem(neighbors, 5)).toEqual([[6, Math.fround(1 / 11)]]);
  });

  it('counts only the newest items of a user', () => {
    const neighbors = shrunkCosineNeighbors(
      pairsOf([
        [0, 1],
        [0, 2],
        [0, 3],
        [0, 1],
      ]),
      { mostPerUser: 2, shrinkage: 0 },
    );
    expect(ofItem(neighbors, 1)).toEqual([[3, 1]]);
    expect(ofItem(neighbors, 2)).toEqual([]);
  });

  it('knows nobody without interactions', () => {
    expect(shrunkCosineNeighbors(pairsOf([], 0, 0)).items).toHaveLength(0);
    expect(shrunkCosineNeighbors(pairsOf([])).offsets).toEqual(new Uint32Array(9));
  });

  it('refuses indexes out of range, arrays of different lengths and senseless options', () => {
    expect(() => shrunkCosineNeighbors(pairsOf([[8, 0]]))).toThrow('Pair 0 is out of range');
    expect(() => shrunkCosineNeighbors(pairsOf([[0, 8]]))).toThrow('Pair 0 is out of range');
    expect(() => shrunkCosineNeighbors({ ...pairsOf([]), users: new Uint32Array(1) })).toThrow('same length');
    expect(() => shrunkCosineNeighbors(pairsOf([]), { limit: 0 })).toThrow(RangeError);
  });

  it('copes with 100,000 interactions', () => {
    const random = seededRandom(1);
    const pairs = Array.from(
      { length: 100_000 },
      () => [Math.floor(random() * 2_000), Math.floor(random() ** 2 * 5_000)] as const,
    );
    const neighbors = shrunkCosineNeighbors(pairsOf(pairs, 2_000, 5_000), { limit: 20 });
    expect(neighbors.items.length).toBeGreaterThan(90_000);
  });
});
