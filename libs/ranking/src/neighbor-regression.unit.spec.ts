import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NeighborRegression, type SparseColumns } from './neighbor-regression.ts';

/** Columns of full rows, 0 meaning nothing. */
function columnsOf(matrix: readonly number[][], columnCount: number): SparseColumns {
  const [starts, rows, values]: number[][] = [[0], [], []];
  for (let column = 0; column < columnCount; column++) {
    for (const [row, cells] of matrix.entries()) {
      if (cells[column] === 0) continue;
      rows!.push(row);
      values!.push(cells[column]!);
    }
    starts!.push(rows!.length);
  }
  return { starts: starts!, rows: rows!, values: values!, rowCount: matrix.length };
}

const items = 5;
const matrices = fc.array(fc.array(fc.constantFrom(0, 0, 0.1, 0.4, 1), { minLength: items, maxLength: items }), {
  minLength: 1,
  maxLength: 12,
});

describe('NeighborRegression', () => {
  it('solves (X`X + lambda I) b = X`y, whatever was solved before', () => {
    fc.assert(
      fc.property(matrices, fc.double({ min: 0.1, max: 50, noNaN: true }), (matrix, lambda) => {
        const regression = new NeighborRegression(columnsOf(matrix, items), lambda);
        const cells = matrix.flat().filter((value) => value !== 0);
        const scale = cells.length === 0 ? 1 : cells.reduce((sum, value) => sum + value ** 2, 0) / cells.length;
        const product = (left: number, right: number) => matrix.reduce((sum, row) => sum + row[left]! * row[right]!, 0);
        for (const item of [3, 0, 3]) {
          const neighbors = [4, 1, 2];
          const weights = regression.weightsOf(item, neighbors);
          for (const [at, neighbor] of neighbors.entries()) {
            const left = neighbors.reduce((sum, other, of) => sum + product(neighbor, other) * weights[of]!, 0);
            expect(left + lambda * scale * weights[at]!).toBeCloseTo(product(neighbor, item), 8);
          }
        }
      }),
    );
  });

  it('lets two items that say the same share what they tell', () => {
    // Everybody who chose 0 chose its twin 1 too; half of them, and of those who chose 2, chose 3.
    const matrix = Array.from({ length: 40 }, (_, row) => (row < 20 ? [1, 1, 0, row % 2, 0] : [0, 0, 1, row % 2, 0]));
    const [first, twin, other] = new NeighborRegression(columnsOf(matrix, items), 1).weightsOf(3, [0, 1, 2]);
    expect(first).toBeCloseTo(twin!, 10);
    expect(first! + twin!).toBeGreaterThan(0.9 * other!);
    expect(first! + twin!).toBeLessThan(1.1 * other!);
  });

  it('has nothing to say of no neighbors, and refuses a regularization of 0', () => {
    const columns = columnsOf([[1, 1, 1, 1, 1]], items);
    expect(new NeighborRegression(columns, 1).weightsOf(0, [])).toEqual(new Float64Array());
    expect(() => new NeighborRegression(columns, 0)).toThrow(RangeError);
  });
});
