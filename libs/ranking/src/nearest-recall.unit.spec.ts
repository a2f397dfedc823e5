import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nearestRecall } from './nearest-recall.ts';

describe('nearestRecall', () => {
  it('counts what is as near as the k-th true neighbor', () => {
    expect(nearestRecall(2, [0.1, 0.9], [0.1, 0.2])).toBe(0.5);
    expect(nearestRecall(3, [0.2, 0.2, 0.2], [0.1, 0.2, 0.2, 0.2])).toBe(1);
    expect(nearestRecall(1, [0.2], [0.1])).toBe(0);
  });

  it('asks for no more than there is, and for nothing where there is nothing', () => {
    expect(nearestRecall(10, [0.1, 0.2], [0.1, 0.2])).toBe(1);
    expect(nearestRecall(10, [], [])).toBe(1);
    expect(nearestRecall(10, [], [0.1])).toBe(0);
  });

  it('lies between 0 and 1, and is 1 for the truth itself', () => {
    const distances = fc
      .array(fc.double({ min: -1, max: 1, noNaN: true }), { maxLength: 20 })
      .map((list) => list.sort((left, right) => left - right));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), distances, distances, (k, found, exact) => {
        const recall = nearestRecall(k, found, exact);
        expect(recall).toBeGreaterThanOrEqual(0);
        expect(recall).toBeLessThanOrEqual(1);
        expect(nearestRecall(k, exact, exact)).toBe(1);
      }),
    );
  });
});
