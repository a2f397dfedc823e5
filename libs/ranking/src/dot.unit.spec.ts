import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dot } from './dot.ts';

describe('dot', () => {
  it('is the sum of the products, for any number of dimensions and from any place on', () => {
    const value = fc.integer({ min: -100, max: 100 });
    fc.assert(
      fc.property(fc.array(value, { maxLength: 13 }), fc.array(value, { maxLength: 5 }), (vector, before) => {
        const row = vector.map((each) => each / 2 + 1);
        const values = Float32Array.from([...before, ...row, 7, 7, 7]);
        const sum = vector.reduce((total, each, at) => total + each * row[at]!, 0);
        expect(dot(Float32Array.from(vector), values, before.length)).toBeCloseTo(sum, 6);
      }),
    );
  });
});
