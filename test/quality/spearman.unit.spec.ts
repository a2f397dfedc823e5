import { describe, expect, it } from 'vitest';
import { spearman } from './spearman.ts';

describe('spearman', () => {
  it('compares orders, not values', () => {
    expect(spearman([1, 2, 3, 4], [1, 10, 100, 1000])).toBeCloseTo(1, 12);
    expect(spearman([1, 2, 3, 4], [9, 7, 5, 0])).toBeCloseTo(-1, 12);
  });

  // R: cor(c(1, 2, 2, 3), c(1, 3, 2, 4), method = "spearman")
  it('gives equal values the mean of their ranks', () => {
    expect(spearman([1, 2, 2, 3], [1, 3, 2, 4])).toBeCloseTo(0.9486833, 6);
  });
});
