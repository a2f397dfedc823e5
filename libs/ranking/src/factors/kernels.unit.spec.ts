import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../bootstrap.ts';
import { topItems } from '../top-items.ts';
import type { Sought } from './coarse-rows.ts';
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

  it('score the rows that are asked for, whatever was scored before', () => {
    fc.assert(
      fc.property(size, size, seed, (count, length, start) => {
        const { held, rows, vector } = heldRows(count, length, start);
        held.scores(vector, [...rows.keys()]);
        const other = Float32Array.from(randomRows(1, length, start + 2_001)[0]!);
        const asked = [...rows.keys()].filter((row) => row % 3 > 0).reverse();
        const scores = held.scores(other, asked);
        expect(scores).toHaveLength(asked.length);
        for (const [at, row] of asked.entries()) expect(scores[at]).toBeCloseTo(product(rows[row]!, [...other]), 4);
      }),
    );
  });
});

describe('the nearest rows', () => {
  const length = fc.integer({ min: 1, max: 80 });
  const most = fc.integer({ min: 1, max: 60 });

  it('are those of the highest scores, to the bit, though bounds of 8 bits leave most rows unscored', () => {
    const count = fc.integer({ min: 1, max: 1_500 });
    fc.assert(
      fc.property(count, length, most, seed, fc.nat(50), (rowCount, dimensions, few, start, gone) => {
        const { held, rows, vector } = heldRows(rowCount, dimensions, start);
        const without = [...rows.keys()].filter((row) => row % (gone + 1) === gone);
        expectNearest(held, vector, { count: rowCount, most: few, without });
        expectNearest(held, vector, { count: Math.ceil(rowCount / 2), most: few, without: [] });
      }),
      { numRuns: 60 },
    );
  });

  it('are found among rows of very different lengths, alike ones, and such as say nothing', () => {
    fc.assert(
      fc.property(length, most, seed, (dimensions, few, start) => {
        const { held, rows, vector } = heldRows(800, dimensions, start);
        for (const [row, values] of rows.entries()) {
          const scale = row % 7 === 0 ? 0 : 10 ** ((row % 5) - 2);
          held.set(
            row,
            Float32Array.from(row % 3 === 0 ? rows[0]! : values, (value) => scale * value),
          );
        }
        expectNearest(held, vector, { count: rows.length, most: few, without: [0] });
        expectNearest(held, new Float32Array(dimensions), { count: rows.length, most: few, without: [] });
      }),
      { numRuns: 30 },
    );
  });

  it('are found among rows that 8 bits cannot tell apart', () => {
    fc.assert(
      fc.property(length, most, seed, (dimensions, few, start) => {
        const { held, rows, vector } = heldRows(1_000, dimensions, start);
        for (const [row, values] of rows.entries()) {
          held.set(
            row,
            Float32Array.from(values, (value, at) => vector[at]! + value / 1_000),
          );
        }
        expectNearest(held, vector, { count: rows.length, most: few, without: [] });
      }),
      { numRuns: 30 },
    );
  });

  it('are found where the rows that tell how high the best are mislead', () => {
    const held = new FactorRows(2_000, 8);
    for (let row = 0; row < 2_000; row++) held.set(row, new Float32Array(8).fill(row % 16 === 0 ? 100 + row : 1 / row));
    expectNearest(held, new Float32Array(8).fill(1), { count: 2_000, most: 300, without: [] });
  });
});

function heldRows(count: number, length: number, start: number) {
  const rows = randomRows(count, length, start);
  const held = new FactorRows(count, length);
  for (const [at, row] of rows.entries()) held.set(at, Float32Array.from(row));
  return { held, rows, vector: Float32Array.from(randomRows(1, length, start + 1_001)[0]!) };
}

function expectNearest(held: FactorRows, vector: Float32Array, sought: Sought): void {
  const all = held.scores(vector, [...Array(sought.count).keys()]).slice();
  for (const row of sought.without) all[row] = 0;
  const best = topItems(all, sought.most, 0).sort((left, right) => left - right);
  const found = held.nearest(vector, sought);
  expect([...found.rows]).toEqual(best);
  expect([...found.scores]).toEqual(best.map((row) => all[row]));
}
