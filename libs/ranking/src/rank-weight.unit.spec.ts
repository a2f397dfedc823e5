import { describe, expect, it } from 'vitest';
import { rankWeight } from './rank-weight.ts';

describe('rankWeight', () => {
  it('halves every half-life, down to what lasts', () => {
    expect([0, 5, 10].map((rank) => rankWeight(rank, { halfLife: 5 }))).toEqual([1, 0.5, 0.25]);
    expect([0, 5, 1e4].map((rank) => rankWeight(rank, { halfLife: 5, lasting: 0.5 }))).toEqual([1, 0.75, 0.5]);
    expect(rankWeight(1e9, { halfLife: Number.POSITIVE_INFINITY })).toBe(1);
  });

  it('refuses a half-life that is not above 0', () => {
    expect(() => rankWeight(1, { halfLife: 0 })).toThrow(RangeError);
  });
});
