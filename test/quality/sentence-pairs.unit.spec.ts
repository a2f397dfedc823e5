import { describe, expect, it } from 'vitest';
import { spearman } from './sentence-pairs.ts';

describe("Spearman's rank correlation", () => {
  it('looks at order only', () => {
    expect(spearman([1, 2, 3, 4], [1, 4, 9, 100])).toBeCloseTo(1, 12);
    expect(spearman([1, 2, 3, 4], [9, 7, 5, 1])).toBeCloseTo(-1, 12);
  });

  it('lets equal values share their ranks', () => {
    // Ranks 0.5, 0.5, 2, 3 against 0, 1, 2, 3: by hand 4.5 / sqrt(4.5 * 5).
    expect(spearman([1, 1, 2, 3], [1, 2, 3, 4])).toBeCloseTo(4.5 / Math.sqrt(4.5 * 5), 12);
  });
});
