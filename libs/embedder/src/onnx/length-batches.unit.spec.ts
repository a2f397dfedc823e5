import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lengthBatches } from './length-batches.ts';
import { poolTokens } from './pool-tokens.ts';

describe('batches by length', () => {
  it('puts texts of similar length together, longest first', () => {
    expect(lengthBatches([3, 10, 4, 9], 20)).toEqual([
      [1, 3],
      [2, 0],
    ]);
  });

  it('holds every text once, within the bound, unless it stands alone', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(600), { maxLength: 300 }), fc.integer({ min: 1, max: 2_000 }), (lengths, most) => {
        const batches = lengthBatches(lengths, most);
        expect(batches.flat().sort((a, b) => a - b)).toEqual([...lengths.keys()]);
        for (const batch of batches) {
          const longest = Math.max(...batch.map((at) => lengths[at]!));
          expect(batch.length === 1 || batch.length * longest <= most).toBe(true);
          expect(batch.length).toBeLessThanOrEqual(64);
        }
      }),
    );
  });
});

describe('pooling of tokens', () => {
  // Two texts of three tokens with two dimensions; the second has one token, the rest is padding.
  const vectors = { values: [3, 0, 0, 4, 0, 8, 0, 2, 9, 9, 9, 9], tokens: 3, dimensions: 2 };
  const pooled = (pooling: 'mean' | 'cls' | 'last') => [...poolTokens(vectors, [3, 1], pooling)];

  it('leaves padding out, and gives vectors of length 1', () => {
    const [x, y] = [1 / Math.hypot(1, 4), 4 / Math.hypot(1, 4)];
    expect(pooled('mean')).toEqual([Math.fround(x), Math.fround(y), 0, 1].map((value) => expect.closeTo(value, 6)));
    expect(pooled('cls')).toEqual([1, 0, 0, 1]);
    expect(pooled('last')).toEqual([0, 1, 0, 1]);
  });
});
