import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editDistance } from './edit-distance.ts';

/** The recurrence itself, without a bound. */
function reference(a: string, b: string): number {
  if (a === '' || b === '') return a.length + b.length;
  const [restA, restB] = [a.slice(1), b.slice(1)];
  const costs = [reference(restA, b) + 1, reference(a, restB) + 1, reference(restA, restB) + (a[0] === b[0] ? 0 : 1)];
  const swapped = a.length > 1 && b.length > 1 && a[0] === b[1] && a[1] === b[0];
  if (swapped) costs.push(reference(a.slice(2), b.slice(2)) + 1);
  return Math.min(...costs);
}

const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 6 });

describe('the edit distance', () => {
  it.each([
    ['mouse', 'mouse', 0],
    ['mouse', 'muose', 1],
    ['mouse', 'mous', 1],
    ['wireless', 'wierles', 2],
    ['mouse', 'keyboard', 3],
  ])('of %s and %s is %i', (a, b, distance) => {
    expect(editDistance(a, b, 2)).toBe(distance);
  });

  it('is that of its definition, up to the most that is asked for', () => {
    fc.assert(
      fc.property(word, word, fc.integer({ min: 0, max: 3 }), (a, b, most) => {
        expect(editDistance(a, b, most)).toBe(Math.min(reference(a, b), most + 1));
      }),
      { numRuns: 500 },
    );
  });
});
