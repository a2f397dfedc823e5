import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../bootstrap.ts';
import { placeProbability, randomizedOrder } from './randomized-order.ts';

const items = ['가', '나', '다', '라', '마'];
const randomization = fc.record({
  share: fc.double({ min: 0.01, max: 1, noNaN: true }),
  depth: fc.integer({ min: 2, max: 8 }),
});

describe('randomizedOrder', () => {
  it('keeps every item, and the order behind the depth', () => {
    fc.assert(
      fc.property(randomization, fc.integer(), (given, seed) => {
        const order = randomizedOrder(items, given, seededRandom(seed));
        expect([...order.items].sort()).toEqual([...items].sort());
        expect(order.items.slice(given.depth)).toEqual(items.slice(given.depth));
        if (!order.drawn) expect(order.items).toEqual(items);
      }),
    );
  });

  it('goes on behind the places before, with what they did not take', () => {
    fc.assert(
      fc.property(randomization, fc.integer(), fc.integer({ min: 1, max: 5 }), (given, seed, limit) => {
        const pages: string[] = [];
        while (pages.length < items.length) {
          const left = items.filter((item) => !pages.includes(item));
          pages.push(...randomizedOrder(left, given, seededRandom(seed), pages.length).items.slice(0, limit));
        }
        expect(pages).toEqual(randomizedOrder(items, given, seededRandom(seed)).items);
      }),
    );
  });

  it('draws nothing where the share is not met, and always where it is 1', () => {
    expect(randomizedOrder(items, { share: 0.3, depth: 3 }, () => 0.3)).toEqual({ items, drawn: false });
    expect(randomizedOrder(items, { share: 1, depth: 3 }, () => 0.999).drawn).toBe(true);
  });

  it('is empty of nothing', () => {
    expect(randomizedOrder([], { share: 1, depth: 3 }, () => 0)).toEqual({ items: [], drawn: true });
  });
});

describe('placeProbability', () => {
  it.each([
    { share: 0.4, depth: 3 },
    { share: 0.7, depth: 5 },
    { share: 1, depth: 9 },
  ])('is how often %j puts each item at each place', (given) => {
    const draws = 20_000;
    const counts = items.map(() => items.map(() => 0));
    for (let seed = 0; seed < draws; seed++) {
      const order = randomizedOrder(items, given, seededRandom(seed * 7_919)).items;
      for (const [place, item] of order.entries()) counts[items.indexOf(item)]![place]! += 1;
    }
    for (const [rank, row] of counts.entries()) {
      for (const [place, count] of row.entries()) {
        const expected = placeProbability(rank, place, given, items.length);
        const deviation = Math.sqrt(draws * expected * (1 - expected));
        expect(Math.abs(count - draws * expected)).toBeLessThanOrEqual(4 * deviation);
      }
    }
  });

  it('sums to 1 over the ranks of a place, and over the places of a rank', () => {
    fc.assert(
      fc.property(randomization, fc.integer({ min: 1, max: 12 }), fc.nat(), (given, count, at) => {
        const each = [...Array(count).keys()];
        const sum = (of: (other: number) => number) => each.reduce((total, other) => total + of(other), 0);
        expect(sum((rank) => placeProbability(rank, at % count, given, count))).toBeCloseTo(1, 12);
        expect(sum((place) => placeProbability(at % count, place, given, count))).toBeCloseTo(1, 12);
      }),
    );
  });
});
