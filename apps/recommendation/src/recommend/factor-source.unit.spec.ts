import { describe, expect, it } from 'vitest';
import { ItemFactors } from '../tables/item-factors.ts';
import { nearest } from './factor-source.ts';

const model = { dimensions: 2, unobserved: 0.1, regularization: 0.1, exponent: 1, itemCount: 4 };

function held(): ItemFactors {
  const made = new ItemFactors({ ...model, version: 1n, spectrum: Float64Array.of(1, 1) });
  made.add('a', Float32Array.of(1, 0));
  made.add('b', Float32Array.of(2, 1));
  made.add('c', Float32Array.of(-1, 0));
  made.add('라', Float32Array.of(1, 5));
  return made;
}

describe('the nearest by factors', () => {
  const vector = Float32Array.of(1, 0);

  it('are those with inner products above 0', () => {
    const found = nearest(held(), vector, { excluded: new Set() });
    expect(found).toEqual({ ids: ['a', 'b', '라'], scores: [1, 2, 1], seeds: [] });
  });

  it('leave out what is excluded, and everything but the given list', () => {
    expect(nearest(held(), vector, { excluded: new Set(['b', 'unknown']) }).ids).toEqual(['a', '라']);
    expect(nearest(held(), vector, { excluded: new Set(), among: ['라', 'c', 'unknown'] }).ids).toEqual(['라']);
  });
});

describe('item factors in memory', () => {
  it('take newcomers behind those of the training, and forget the ones before', () => {
    const factors = held();
    factors.replaceNewcomers([
      ['새', Float32Array.of(9, 0)],
      ['y', Float32Array.of(8, 0)],
    ]);
    expect(nearest(factors, Float32Array.of(1, 0), { excluded: new Set() }).ids).toEqual(['a', 'b', '라', '새', 'y']);
    factors.replaceNewcomers([['y', Float32Array.of(1.5, 0)]]);
    expect(nearest(factors, Float32Array.of(1, 0), { excluded: new Set(['b']) }).ids).toEqual(['a', '라', 'y']);
    expect([factors.of('새'), factors.newcomers]).toEqual([undefined, 1]);
  });

  it('are views by id, and refuse other dimensions', () => {
    expect(held().of('b')).toEqual(Float32Array.of(2, 1));
    expect(held().of('nobody')).toBeUndefined();
    expect(() => held().add('a', Float32Array.of(1))).toThrow('Factors of 1 dimensions, where the model has 2');
    expect(held().bytes).toBe(2_004 * (2 * 4 + 8 + (2 + 20) + 100));
  });
});
