import { describe, expect, it } from 'vitest';
import { bucketOf } from './bucket-of.ts';

/** Chi-square of counts against equal ones, as standard deviations from its mean. */
function deviation(counts: readonly number[]): number {
  const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  const freedom = counts.length - 1;
  const chiSquare = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  return (chiSquare - freedom) / Math.sqrt(2 * freedom);
}

const units = {
  numbers: (at: number) => `${at}`,
  'numbered users': (at: number) => `user-${at}`,
  'Korean names': (at: number) => `고객-${at}번`,
};

describe('bucketOf', () => {
  it.each([
    ['', '', 0],
    ['', 'hello', 0x248bfa47],
    ['', 'The quick brown fox jumps over the lazy dog', 0x2e4ff723],
  ])('is MurmurHash3_x86_32 of "%s" and "%s"', (salt, unit, hash) => {
    expect(bucketOf(salt, unit)).toBe(hash / 2 ** 32);
  });

  it('never moves a unit, whatever its alphabet', () => {
    expect(bucketOf('home-2026', 'user-1')).toBe(0x4ec96843 / 2 ** 32);
    expect(bucketOf('home-2026', '김민수')).toBe(0x74b387dc / 2 ** 32);
    expect(bucketOf('홈-실험', '김민수')).toBe(0x47563538 / 2 ** 32);
    expect(bucketOf('home-2026', '😀')).toBe(0x40582203 / 2 ** 32);
  });

  it.each(Object.entries(units))('spreads %s evenly', (_name, unitOf) => {
    for (const salt of ['a', 'b', 'experiment-7', '실험']) {
      const counts = new Array<number>(64).fill(0);
      for (let at = 0; at < 20_000; at++) counts[Math.floor(bucketOf(salt, unitOf(at)) * 64)]! += 1;
      expect(Math.abs(deviation(counts))).toBeLessThan(4);
    }
  });

  it.each(Object.entries(units))('puts %s of one bucket of a salt into all buckets of another', (_name, unitOf) => {
    for (const [one, other] of [
      ['a', 'b'],
      ['exp-1', 'exp-2'],
      ['실험', '실험2'],
    ] as const) {
      const counts = new Array<number>(64).fill(0);
      for (let at = 0; at < 20_000; at++) {
        const place = (salt: string) => Math.floor(bucketOf(salt, unitOf(at)) * 8);
        counts[place(one) * 8 + place(other)]! += 1;
      }
      expect(Math.abs(deviation(counts))).toBeLessThan(4);
    }
  });

  it('tells where the salt ends and the unit begins', () => {
    expect(bucketOf('ab', 'c')).not.toBe(bucketOf('a', 'bc'));
  });
});
