import { mean } from '@kindred/ranking';
import { expect, it } from 'vitest';
import { meanError, percentile } from './percentile.ts';

it('takes the nearest rank', () => {
  const values = Array.from({ length: 100 }, (_, at) => 100 - at);
  expect([0.5, 0.95, 0.99, 1].map((share) => percentile(values, share))).toEqual([50, 95, 99, 100]);
  expect(percentile([7], 0.5)).toBe(7);
  expect(percentile([], 0.5)).toBeNaN();
});

it('tells how far a mean may be off', () => {
  expect(mean([1, 2, 3])).toBe(2);
  // Standard deviation 1 of 3 values: 1.96 / sqrt(3).
  expect(meanError([1, 2, 3])).toBeCloseTo(1.1316);
  expect(meanError([1])).toBe(0);
});
