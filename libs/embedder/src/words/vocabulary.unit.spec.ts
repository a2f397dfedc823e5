import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aliasTable, keepLimits } from './vocabulary.ts';

describe('alias table', () => {
  it('draws every word with its share of count^0.75', () => {
    const counts = fc.array(fc.integer({ min: 1, max: 1_000_000 }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(counts, (each) => {
        const { limits, aliases } = aliasTable(each);
        const shares = new Float64Array(each.length);
        limits.forEach((limit, word) => {
          const stays = limit / 0xffffffff;
          shares[word]! += stays / each.length;
          shares[aliases[word]!]! += (1 - stays) / each.length;
        });
        const total = each.reduce((sum, count) => sum + count ** 0.75, 0);
        each.forEach((count, word) => void expect(shares[word]).toBeCloseTo(count ** 0.75 / total, 6));
      }),
    );
  });
});

describe('keep limits', () => {
  it('keeps rare words always and frequent ones as word2vec does', () => {
    const [frequent, rare] = keepLimits([9_990, 10], 1e-3);
    expect(frequent! / 0xffffffff).toBeCloseTo(Math.sqrt(1e-3 / 0.999) + 1e-3 / 0.999, 6);
    expect(rare).toBe(0xffffffff);
  });

  it('keeps everything where sampling is off', () => {
    expect([...keepLimits([9_990, 10], 0)]).toEqual([0xffffffff, 0xffffffff]);
  });
});
