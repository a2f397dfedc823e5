import { describe, expect, it } from 'vitest';
import { seeded } from '../indexes/library.fake.spec.ts';
import { directionOf } from './filter-direction.ts';

const dimensions = 64;

/** The mean of vectors of length one that lie by chance, but for what is added to the first element. */
function meanOf(count: number, added: number, seed: number): Float32Array {
  const random = seeded(seed);
  const mean = new Float32Array(dimensions);
  for (let each = 0; each < count; each++) {
    const vector = Float32Array.from({ length: dimensions }, (_, at) => random() - 0.5 + (at === 0 ? added : 0));
    const length = Math.hypot(...vector);
    for (const [at, value] of vector.entries()) mean[at]! += value / length / count;
  }
  return mean;
}

describe('the direction of a filter', () => {
  it('leads from all items to those that pass', () => {
    const direction = directionOf(meanOf(400, 0, 1), meanOf(200, 1.5, 2), 200)!;
    expect(direction[0]! / Math.hypot(...direction)).toBeGreaterThan(0.9);
  });

  it('is none where those that pass lie all over, or are too few to tell', () => {
    for (const count of [2, 20, 200])
      expect(directionOf(meanOf(4_000, 0, 3), meanOf(count, 0, 4), count)).toBeUndefined();
  });
});
