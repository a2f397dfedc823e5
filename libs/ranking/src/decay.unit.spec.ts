import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { timeDecay } from './decay.ts';

describe('timeDecay', () => {
  it('halves every half-life', () => {
    expect([0, 60, 120].map((age) => timeDecay(4, age, 60))).toEqual([4, 2, 1]);
  });

  it('counts an event from the future as new', () => {
    expect(timeDecay(4, -5, 60)).toBe(4);
  });

  it('never grows with age, and keeps the sign', () => {
    const age = fc.double({ min: 0, max: 1e9, noNaN: true });
    fc.assert(
      fc.property(fc.double({ min: 0.1, max: 10, noNaN: true }), age, age, (weight, one, other) => {
        const [newer, older] = [Math.min(one, other), Math.max(one, other)];
        expect(timeDecay(weight, newer, 3600)).toBeGreaterThanOrEqual(timeDecay(weight, older, 3600));
        expect(timeDecay(-weight, older, 3600)).toBeLessThanOrEqual(0);
      }),
    );
  });

  it('refuses a half-life that is not above 0', () => {
    expect(() => timeDecay(1, 1, 0)).toThrow(RangeError);
  });
});
