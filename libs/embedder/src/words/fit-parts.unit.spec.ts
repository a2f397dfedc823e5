import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitParts } from './fit-parts.ts';

/** Words of up to three of `parts` n-grams each, in 1 to 20 dimensions. */
const fittings = fc
  .record({ dimensions: fc.integer({ min: 1, max: 20 }), parts: fc.integer({ min: 1, max: 6 }) })
  .chain(({ dimensions, parts }) =>
    fc
      .array(
        fc.record({
          of: fc.uniqueArray(fc.nat({ max: parts - 1 }), { maxLength: 3 }),
          count: fc.integer({ min: 1, max: 10_000 }),
          vector: fc.array(
            fc.integer({ min: -30, max: 30 }).map((value) => value / 10),
            {
              minLength: dimensions,
              maxLength: dimensions,
            },
          ),
        }),
        { minLength: 1, maxLength: 12 },
      )
      .map((words) => ({ dimensions, parts, words })),
  );

type Fitting = typeof fittings extends fc.Arbitrary<infer Each> ? Each : never;

function fit({ dimensions, parts, words }: Fitting, signal?: AbortSignal): Promise<Float32Array> {
  const starts = [0];
  for (const { of } of words) starts.push(starts.at(-1)! + of.length);
  return fitParts(
    {
      dimensions,
      vectors: Float32Array.from(words.flatMap(({ vector }) => vector)),
      counts: words.map(({ count }) => count),
      parts: {
        buckets: Uint32Array.from({ length: parts }, (_, bucket) => bucket),
        starts: Uint32Array.from(starts),
        numbers: Uint32Array.from(words.flatMap(({ of }) => of)),
      },
    },
    signal,
  );
}

describe('fitParts', () => {
  it('leaves no slope: moving any n-gram would explain the words less well', async () => {
    await fc.assert(
      fc.asyncProperty(fittings, async (fitting) => {
        const { dimensions, parts, words } = fitting;
        const fitted = await fit(fitting);
        for (let column = 0; column < dimensions; column++) {
          const value = (part: number) => fitted[part * dimensions + column]!;
          const slopes = Array.from({ length: parts }, (_, part) => value(part));
          let most = 1;
          for (const { of, count, vector } of words) {
            if (of.length === 0) continue;
            const mean = of.reduce((sum, part) => sum + value(part), 0) / of.length;
            const pull = (Math.sqrt(count) * (mean - vector[column]!)) / of.length;
            for (const part of of) slopes[part]! += pull;
            most = Math.max(most, Math.sqrt(count) * Math.abs(vector[column]!));
          }
          for (const slope of slopes) expect(Math.abs(slope) / most).toBeLessThan(1e-3);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('gives the vector of the only word to the only n-gram, but for the pull towards zero', async () => {
    const word = { of: [0], count: 10_000, vector: [3, -2] };
    const fitted = await fit({ dimensions: 2, parts: 1, words: [word] });
    expect(fitted[0]).toBeCloseTo((3 * 100) / 101, 5);
    expect(fitted[1]).toBeCloseTo((-2 * 100) / 101, 5);
  });

  it('stops when the signal is aborted', async () => {
    const words = [{ of: [0], count: 1, vector: [1] }];
    const aborted = AbortSignal.abort(new Error('enough'));
    await expect(fit({ dimensions: 1, parts: 1, words }, aborted)).rejects.toThrow('enough');
  });
});
