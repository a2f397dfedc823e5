import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../bootstrap.ts';
import { GradientSolver } from './gradient-solver.ts';
import { RowSolver } from './row-solver.ts';

describe('GradientSolver', () => {
  const dimensions = 10;
  /** `entries` random entries, some said against an item, and the exact solution beside the approximate one. */
  function solved(entries: number, seed: number) {
    const random = seededRandom(seed + 1);
    const factors = Float32Array.from({ length: 40 * dimensions }, () => 0.4 * random() - 0.2);
    const prior = Float64Array.from({ length: dimensions }, (_, k) => 4 / (1 + k));
    const rows = {
      offsets: Uint32Array.of(0, entries),
      columns: Uint32Array.from({ length: entries }, () => Math.floor(40 * random())),
      weights: Float32Array.from({ length: entries }, () => (random() < 0.2 ? -random() : random())),
    };
    const ridge = 0.5 + 0.02 * entries;
    const system = { factors, diagonal: prior.map((value) => value + ridge) };
    const [near, exact] = [new Float32Array(dimensions), new Float32Array(dimensions)];
    const loss = new GradientSolver(factors, prior).solve(rows, 0, ridge, near, 0);
    new RowSolver(dimensions).solve(rows, 0, system, exact, 0);
    return { near, exact, loss, lossOf: (row: Float32Array) => lossOf(row, rows, system) };
  }

  function lossOf(
    row: Float32Array,
    { columns, weights }: { columns: Uint32Array; weights: Float32Array },
    { factors, diagonal }: { factors: Float32Array; diagonal: Float64Array },
  ): number {
    let loss = row.reduce((sum, value, k) => sum + diagonal[k]! * value * value, 0);
    for (const [at, item] of columns.entries()) {
      const score = row.reduce((sum, value, k) => sum + value * factors[item * dimensions + k]!, 0);
      loss += Math.abs(weights[at]!) * ((weights[at]! > 0 ? 1 : 0) - score) ** 2;
    }
    return loss;
  }

  // 3,000 entries are more than are held at a time.
  const entries = fc.oneof(fc.integer({ min: 0, max: 60 }), fc.constant(3_000));

  it('comes within a thousandth of the least loss, and says its loss', () => {
    fc.assert(
      fc.property(entries, fc.nat(1_000), (count, seed) => {
        const { near, exact, loss, lossOf } = solved(count, seed);
        expect(loss).toBeCloseTo(lossOf(near), count > 60 ? 1 : 4);
        expect(lossOf(near)).toBeLessThanOrEqual(1.001 * lossOf(exact) + 1e-6);
      }),
      { numRuns: 60 },
    );
  });

  it('solves a row of one entry, of an odd number of dimensions too, and a row without entries by 0', () => {
    const rows = { offsets: Uint32Array.of(0, 0, 1), columns: Uint32Array.of(1) };
    const solver = new GradientSolver(Float32Array.of(9, 9, 9, 1, 0, 2), new Float64Array(3));
    const out = new Float32Array(6).fill(7);
    expect(solver.solve(rows, 0, 1, out, 0)).toBe(0);
    expect(solver.solve(rows, 1, 1, out, 3)).toBeCloseTo(1 / 6, 6);
    // (1 + h'h)^-1 h, h = (1, 0, 2).
    for (const [k, value] of [0, 0, 0, 1 / 6, 0, 2 / 6].entries()) expect(out[k]).toBeCloseTo(value, 6);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('refuses factors with %d', (value) => {
    const rows = { offsets: Uint32Array.of(0, 1), columns: Uint32Array.of(0) };
    const solver = new GradientSolver(Float32Array.of(value, 1), Float64Array.of(1, 1));
    expect(() => solver.solve(rows, 0, 1, new Float32Array(2), 0)).toThrow(RangeError);
  });
});
