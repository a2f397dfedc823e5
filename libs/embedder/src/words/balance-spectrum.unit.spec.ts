import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { balanceSpectrum } from './balance-spectrum.ts';
import { principalDirections } from './principal-directions.ts';

/** W'W. */
function innerProducts(rows: ArrayLike<number>, size: number): Float64Array {
  const sums = new Float64Array(size * size);
  for (let start = 0; start < rows.length; start += size) {
    for (let at = 0; at < size * size; at++) {
      sums[at]! += rows[start + Math.floor(at / size)]! * rows[start + (at % size)]!;
    }
  }
  return sums;
}

const matrices = fc
  .integer({ min: 1, max: 12 })
  .chain((size) =>
    fc
      .array(fc.integer({ min: -1_000, max: 1_000 }), { minLength: size, maxLength: size * 20 })
      .map((values) => ({ size, rows: values.slice(0, values.length - (values.length % size)) })),
  );

describe('principalDirections', () => {
  it('puts together again what it took apart, for any rank', async () => {
    const property = fc.asyncProperty(matrices, async ({ size, rows }) => {
      const squares = innerProducts(rows, size);
      const directions = await principalDirections(squares, size);
      const largest = Math.max(1, ...squares.map(Math.abs));
      const again = squares.map((_, at) =>
        directions.reduce((sum, { value, direction }) => {
          return sum + value * direction[Math.floor(at / size)]! * direction[at % size]!;
        }, 0),
      );
      again.forEach((value, at) => void expect(Math.abs(value - squares[at]!) / largest).toBeLessThan(1e-5));
      for (const [place, { direction }] of directions.entries()) {
        for (const { direction: other } of directions.slice(place)) {
          const cosine = direction.reduce((sum, value, at) => sum + value * other[at]!, 0);
          expect(cosine).toBeCloseTo(direction === other ? 1 : 0, 6);
        }
      }
    });
    await fc.assert(property, { numRuns: 100 });
  });

  it('finds none in zeros', async () => {
    expect(await principalDirections(new Float64Array(9), 3)).toEqual([]);
  });
});

describe('balanceSpectrum', () => {
  it('raises singular values to three quarters and keeps directions and the sum of squares', async () => {
    // Two directions at right angles, turned by 30 degrees, of singular values 16 and 1.
    const [cosine, sine] = [Math.cos(Math.PI / 6), 0.5];
    const words = Float32Array.from([16 * cosine, 16 * sine, -sine, cosine]);
    const others = Float32Array.from([cosine, sine, 0, 0]);
    await balanceSpectrum([words, others], 2);
    const scale = Math.sqrt((256 + 1) / (64 + 1));
    const expected = [8 * cosine, 8 * sine, -sine, cosine].map((value) => value * scale);
    words.forEach((value, at) => void expect(value).toBeCloseTo(expected[at]!, 4));
    const half = scale / 2;
    [half * cosine, half * sine, 0, 0].forEach((value, at) => void expect(others[at]).toBeCloseTo(value, 4));
  });

  it('leaves zeros, and fewer words than dimensions finite', async () => {
    const zeros = new Float32Array(12);
    await balanceSpectrum([zeros], 4);
    expect(zeros.every((value) => value === 0)).toBe(true);
    const few = Float32Array.from({ length: 2 * 40 }, (_, at) => Math.sin(at));
    await balanceSpectrum([few], 40);
    expect(few.every((value) => Number.isFinite(value) && Math.abs(value) < 2)).toBe(true);
  });

  it('stops when the signal is aborted', async () => {
    const aborted = AbortSignal.abort(new Error('enough'));
    await expect(balanceSpectrum([new Float32Array(8).fill(1)], 4, aborted)).rejects.toThrow('enough');
  });
});
