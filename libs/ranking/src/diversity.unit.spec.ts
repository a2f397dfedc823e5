import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maxPerValue, maxPerValues, mmr } from './diversity.ts';

const candidate = (id: string, score: number, angle: number) => ({
  id,
  score,
  vector: Float32Array.of(Math.cos(angle), Math.sin(angle)),
});
const candidates = fc
  .array(
    fc.record({ score: fc.double({ min: 0, max: 1, noNaN: true }), angle: fc.double({ min: 0, max: 6, noNaN: true }) }),
    {
      maxLength: 12,
    },
  )
  .map((many) => many.map(({ score, angle }, index) => candidate(`${index}`, score, angle)));

describe('mmr', () => {
  const shoes = [candidate('shoe', 1, 0), candidate('same shoe', 0.99, 0.01), candidate('hat', 0.7, 1.5)];

  it('prefers a different hit to a repetition', () => {
    expect(mmr(shoes, 2, 0.5).map(({ id }) => id)).toEqual(['shoe', 'hat']);
  });

  it('sorts by score alone at relevance 1', () => {
    expect(mmr(shoes, 3, 1).map(({ id }) => id)).toEqual(['shoe', 'same shoe', 'hat']);
  });

  it('starts with the best hit, and picks each at most once, as many as asked for', () => {
    fc.assert(
      fc.property(candidates, fc.nat(15), fc.double({ min: 0.01, max: 1, noNaN: true }), (some, limit, relevance) => {
        const picked = mmr(some, limit, relevance);
        expect(picked).toHaveLength(Math.min(limit, some.length));
        expect(new Set(picked).size).toBe(picked.length);
        const best = Math.max(...some.map(({ score }) => relevance * score));
        // Weighed, since the smallest scores vanish when they are.
        if (picked[0]) expect(relevance * picked[0].score).toBe(best);
      }),
    );
  });

  it('refuses a relevance outside 0..1', () => {
    expect(() => mmr(shoes, 1, 1.1)).toThrow(RangeError);
  });
});

describe('maxPerValue', () => {
  const brands = ['삼성', 'LG', '삼성', null, '삼성', undefined, 'LG', null];

  it('keeps the first of each value and everything without one, in order', () => {
    expect(maxPerValue(brands, (brand) => brand, 1)).toEqual(['삼성', 'LG', null, undefined, null]);
    expect(maxPerValue(brands, (brand) => brand, 2)).toEqual(['삼성', 'LG', '삼성', null, undefined, 'LG', null]);
  });

  it('never exceeds the maximum, and drops nothing that fits', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(4)), fc.nat(3), (values, most) => {
        const kept = maxPerValue(values, (value) => value, most);
        for (const value of new Set(values)) {
          const all = values.filter((other) => other === value).length;
          expect(kept.filter((other) => other === value)).toHaveLength(Math.min(all, most));
        }
      }),
    );
  });
});

describe('maxPerValues', () => {
  const items = [['a', 'b'], ['a'], [], ['b', 'c'], ['c'], ['c'], []];

  it('drops a hit when one of its values is used up', () => {
    expect(maxPerValues(items, (values) => values, 1)).toEqual([['a', 'b'], [], ['c'], []]);
    expect(maxPerValues(items, (values) => values, 2)).toEqual([['a', 'b'], ['a'], [], ['b', 'c'], ['c'], []]);
  });

  it('is maxPerValue where every hit has one value', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(4)), fc.integer({ min: 1, max: 3 }), (values, most) => {
        expect(maxPerValues(values, (value) => [value], most)).toEqual(maxPerValue(values, (value) => value, most));
      }),
    );
  });
});
