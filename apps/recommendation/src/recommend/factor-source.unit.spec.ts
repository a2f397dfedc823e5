import { describe, expect, it } from 'vitest';
import { CommonNumbers } from '../tables/common-numbers.ts';
import { ItemFactors } from '../tables/item-factors.ts';
import { nearest } from './factor-source.ts';

const common = new CommonNumbers();

/** Scores by id. */
function scoresBy(held: ItemFactors, excluded: string[] = [], among?: string[]) {
  const found = nearest(held, Float32Array.of(1, 0), { excluded: new Set(excluded), common, among });
  return Object.fromEntries(Array.from(found.items, (item, at) => [common.ids[item]!, found.scores[at]]));
}

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
  it('are those with inner products above 0', () => {
    expect(scoresBy(held())).toEqual({ a: 1, b: 2, 라: 1 });
  });

  it('leave out what is excluded, and everything but the given list', () => {
    expect(scoresBy(held(), ['b', 'unknown'])).toEqual({ a: 1, 라: 1 });
    expect(scoresBy(held(), ['a'], ['라', 'c', 'unknown', 'a', '라'])).toEqual({ 라: 1 });
  });
});

describe('item factors in memory', () => {
  it('take newcomers behind those of the training, and forget the ones before', () => {
    const factors = held();
    factors.replaceNewcomers([
      ['새', Float32Array.of(9, 0)],
      ['y', Float32Array.of(8, 0)],
    ]);
    expect(scoresBy(factors)).toEqual({ a: 1, b: 2, 라: 1, 새: 9, y: 8 });
    factors.replaceNewcomers([['y', Float32Array.of(1.5, 0)]]);
    expect(scoresBy(factors, ['b'])).toEqual({ a: 1, 라: 1, y: 1.5 });
    expect([factors.of('새'), factors.newcomers]).toEqual([undefined, 1]);
  });

  it('are views by id, and refuse other dimensions', () => {
    expect(held().of('b')).toEqual(Float32Array.of(2, 1));
    expect(held().of('nobody')).toBeUndefined();
    expect(() => held().add('a', Float32Array.of(1))).toThrow('Factors of 1 dimensions, where the model has 2');
    expect(held().bytes).toBe(2_004 * (2 * 4 + 8 + (2 + 20) + 150));
  });
});
