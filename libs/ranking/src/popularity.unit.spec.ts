import { describe, expect, it } from 'vitest';
import { popularity } from './popularity.ts';

describe('popularity', () => {
  it('counts alike without a half-life, and the newest most with one', () => {
    const [items, times] = [
      [0, 0, 1],
      [0, 10, 20],
    ];
    expect([...popularity(items, times, 3)]).toEqual([2, 1, 0]);
    expect([...popularity(items, times, 3, 10)]).toEqual([0.75, 1, 0]);
  });

  it('refuses a half-life that is not above 0', () => {
    expect(() => popularity([0], [0], 1, 0)).toThrow('halfLife');
  });
});
