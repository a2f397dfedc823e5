import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../bootstrap.ts';
import { FactorRows } from './factor-rows.ts';
import { widthOf } from './kernels.ts';
import { OuterProducts } from './outer-products.ts';
import { PositiveSystem } from './positive-system.ts';
import { RowTurner } from './row-turner.ts';

const size = fc.integer({ min: 1, max: 40 });
const seed = fc.nat(1_000);

function randomRows(count: number, length: number, start: number): number[][] {
  const random = seededRandom(start + 1);
  return Array.from({ length: count }, () => Array.from({ length }, () => Math.fround(2 * random() - 1)));
}

const product = (left: readonly number[], right: readonly number[]) =>
  left.reduce((sum, value, at) => sum + value * right[at]!, 0);
const columnOf = (rows: readonly number[][], column: number) => rows.map((row) => row[column]!);

describe('the kernels of a factorization', () => {
  it('add up outer products, on top of what is there, whatever length was used before', () => {
    const products = new OuterProducts(40, 40);
    fc.assert(
      fc.property(size, size, seed, (count, length, start) => {
        const rows = randomRows(count, length, start);
        products.rows.fill(0);
        for (const [at, row] of rows.entries()) products.rows.set(row, at * widthOf(length));
        const matrix = new Float64Array(length * length).fill(1);
        products.addTo(matrix, count, length);
        for (let row = 0; row < length; row++) {
          for (let column = 0; column <= row; column++) {
            const expected = 1 + product(columnOf(rows, row), columnOf(rows, column));
            expect(matrix[row * length + column]).toBeCloseTo(expected, 4);
          }
        }
      }),
    );
  });

  it('solve positive definite systems, smaller ones too', () => {
    const system = new PositiveSystem(40);
    fc.assert(
      fc.property(size, seed, (length, start) => {
        const rows = randomRows(length, length, start);
        const matrix = rows.map((row, at) => rows.map((other, of) => product(row, other) + (at === of ? 1 : 0)));
        const wanted = randomRows(1, length, start + 7)[0]!;
        for (const [at, row] of matrix.entries()) {
          system.matrix.set(row, at * length);
          system.vector[at] = product(row, wanted);
        }
        system.solve(length);
        for (const [at, value] of wanted.entries()) expect(system.vector[at]).toBeCloseTo(value, 8);
      }),
    );
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('refuse a matrix with %d on its diagonal', (value) => {
    const system = new PositiveSystem(2);
    system.matrix.set([1, 0, 0, value]);
    expect(() => system.solve(2)).toThrow(RangeError);
  });

  it('turn the rows of a range, and no others', () => {
    fc.assert(
      fc.property(size, fc.integer({ min: 0, max: 600 }), seed, (length, count, start) => {
        const axes = randomRows(length, length, start);
        const rows = randomRows(count + 2, length, start + 7);
        const factors = Float32Array.from(rows.flat());
        new RowTurner(Float64Array.from(axes.flat()), length).turn(factors, 1, count + 1);
        for (const at of [0, 1, Math.ceil(count / 2), count, count + 1]) {
          const turned = [...factors.subarray(at * length, (at + 1) * length)];
          const isTurned = at > 0 && at <= count;
          const row = rows[at]!;
          const expected = isTurned ? axes.map((_, column) => product(row, columnOf(axes, column))) : row;
          for (const [of, value] of expected.entries()) expect(turned[of]).toBeCloseTo(value, 4);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('score rows against a vector, whatever was scored before', () => {
    fc.assert(
      fc.property(size, size, seed, (count, length, start) => {
        const rows = randomRows(count, length, start);
        const [vector, other] = randomRows(2, length, start + 1_001);
        const held = new FactorRows(count, length);
        for (const [at, row] of rows.entries()) held.of(at).set(row);
        held.scores(Float32Array.from(other!), count);
        const scores = held.scores(Float32Array.from(vector!), count);
        expect(scores).toHaveLength(count);
        for (const [at, row] of rows.entries()) expect(scores[at]).toBeCloseTo(product(row, vector!), 4);
      }),
    );
  });
});
