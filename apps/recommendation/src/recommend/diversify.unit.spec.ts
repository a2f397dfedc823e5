import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Candidate, diversify } from './diversify.ts';

const candidate = (score: number, values: string[] = [], vector?: number[]): Candidate => ({
  score,
  values,
  vector: vector && Float32Array.from(vector),
});

const some = fc.array(
  fc.record({
    score: fc.integer({ min: 0, max: 100 }).map((value) => value / 100),
    values: fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 2 }),
    vector: fc.constantFrom(undefined, Float32Array.of(1, 0), Float32Array.of(0, 1), Float32Array.of(0.6, 0.8)),
  }),
  { maxLength: 20 },
);
const strength = fc.constantFrom(0, 0.3, 1);
const most = fc.constantFrom(undefined, 1, 3);

describe('diversify', () => {
  it('never exceeds the most per value, and repeats nothing', () => {
    fc.assert(
      fc.property(some, strength, fc.constantFrom(1, 3), (candidates, strength, maxPerValue) => {
        const chosen = diversify(candidates, { strength, maxPerValue }, 10);
        expect(new Set(chosen).size).toBe(chosen.length);
        for (const value of ['a', 'b', 'c']) {
          expect(chosen.filter(({ values }) => (values as string[]).includes(value)).length).toBeLessThanOrEqual(
            maxPerValue,
          );
        }
      }),
    );
  });

  it('begins a longer answer with the shorter one, so that pages fit together', () => {
    fc.assert(
      fc.property(some, strength, most, fc.nat(9), (candidates, strength, maxPerValue, short) => {
        const rules = { strength, maxPerValue };
        expect(diversify(candidates, rules, 10).slice(0, short)).toEqual(diversify(candidates, rules, short));
      }),
    );
  });

  it('keeps the order of scores without strength', () => {
    const candidates = [candidate(0.9), candidate(0.5), candidate(0.1)];
    expect(diversify(candidates, { strength: 0, maxPerValue: undefined }, 3)).toEqual(candidates);
  });

  it('prefers a different item to a twin of the best one', () => {
    const [best, twin, other] = [candidate(1, [], [1, 0]), candidate(0.9, [], [1, 0]), candidate(0.6, [], [0, 1])];
    const chosen = diversify([best, twin, other], { strength: 0.5, maxPerValue: undefined }, 3);
    expect(chosen).toEqual([best, other, twin]);
  });
});
