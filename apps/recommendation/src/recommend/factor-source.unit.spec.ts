import { describe, expect, it } from 'vitest';
import { ItemFactors } from '../tables/item-factors.ts';
import { nearest } from './factor-source.ts';

const model = { dimensions: 2, unobserved: 0.1, regularization: 0.1, exponent: 1, itemCount: 4 };

function held(): ItemFactors {
  const made = new ItemFactors({ ...model, spectrum: Float64Array.of(1, 1) });
  made.add('a', Float32Array.of(1, 0));
  made.add('b', Float32Array.of(2, 1));
  made.add('c', Float32Array.of(-1, 0));
  made.add('라', Float32Array.of(1, 5));
  return made;
}

describe('the nearest by factors', () => {
  const vector = Float32Array.of(1, 0);

  it('are those with the highest inner products above 0, ties in the order of the model', () => {
    const found = nearest(held(), vector, { excluded: new Set() });
    expect(found).toEqual({ ids: ['b', 'a', '라'], scores: [2, 1, 1], seeds: [] });
  });

  it('leave out what is excluded, and everything but the given list', () => {
    expect(nearest(held(), vector, { excluded: new Set(['b', 'unknown']) }).ids).toEqual(['a', '라']);
    expect(nearest(held(), vector, { excluded: new Set(), among: ['라', 'c', 'unknown'] }).ids).toEqual(['라']);
  });
});

describe('item factors in memory', () => {
  it('are views by id, and refuse other dimensions', () => {
    expect(held().of('b')).toEqual(Float32Array.of(2, 1));
    expect(held().of('nobody')).toBeUndefined();
    expect(() => held().add('a', Float32Array.of(1))).toThrow('Factors of 1 dimensions, where the model has 2');
    expect(held().bytes).toBe(4 * (2 * 4 + 100));
  });
});
