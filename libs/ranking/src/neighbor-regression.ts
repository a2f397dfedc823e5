import { PositiveSystem } from './factors/positive-system.ts';

/** Columns of a sparse matrix: column c holds values[at] in row rows[at], for at from starts[c] to starts[c + 1]. */
export interface SparseColumns {
  starts: ArrayLike<number>;
  rows: ArrayLike<number>;
  values: ArrayLike<number>;
  rowCount: number;
}

/**
 * How much each of an item's neighbors tells of it, given the others: ridge regression of the item's column on theirs,
 * b = (X'X + lambda I)^-1 X'y. SLIM restricted to neighbors (Ning and Karypis 2011, section III.C, "fsSLIM") in the closed form of
 * EASE (Steck 2019). Two items that say the same of a third share its weight, where sums of similarities count it twice.
 */
export class NeighborRegression {
  private readonly regularization: number;
  /** Entries of a touched row, by row: from its begin to its end; both 0 for all others. */
  private readonly begins: Int32Array;
  private readonly ends: Int32Array;
  private readonly touched: number[] = [];
  private system = new PositiveSystem(64);
  private members = new Int32Array(1_024);
  private values = new Float64Array(1_024);

  /** `regularization` is lambda, above 0, for values of a mean square of 1: others are scaled. Throws RangeError. */
  constructor(
    private readonly columns: SparseColumns,
    regularization: number,
  ) {
    if (!(regularization > 0)) throw new RangeError('regularization must be above 0');
    this.begins = new Int32Array(columns.rowCount);
    this.ends = new Int32Array(columns.rowCount);
    this.regularization = regularization * (meanSquare(columns.values) || 1);
  }

  /** One weight for each of the neighbors, of either sign; none of them may be the item. */
  weightsOf(item: number, neighbors: readonly number[]): Float64Array {
    const size = neighbors.length;
    this.gather(neighbors);
    if (this.system.mostSize < size) this.system = new PositiveSystem(size);
    const { matrix, vector } = this.system;
    matrix.fill(0, 0, size * size);
    for (let at = 0; at < size; at++) matrix[at * size + at] = this.regularization;
    this.addProducts(matrix, size);
    vector.set(this.productsWith(item, size));
    for (const row of this.touched) this.begins[row] = this.ends[row] = 0;
    this.touched.length = 0;
    this.system.solve(size);
    return this.system.vector.slice(0, size);
  }

  /** The neighbors' columns, row by row: a counting sort over the rows that they touch. */
  private gather(neighbors: readonly number[]): void {
    const { starts, rows, values } = this.columns;
    const { begins, ends } = this;
    const total = this.countRows(neighbors);
    if (total > this.members.length) {
      this.members = new Int32Array(2 * total);
      this.values = new Float64Array(2 * total);
    }
    let start = 0;
    for (const row of this.touched) {
      const count = ends[row]!;
      begins[row] = ends[row] = start;
      start += count;
    }
    for (const [member, neighbor] of neighbors.entries()) {
      for (let at = starts[neighbor]!; at < starts[neighbor + 1]!; at++) {
        const place = ends[rows[at]!]!++;
        this.members[place] = member;
        this.values[place] = values[at]!;
      }
    }
  }

  private countRows(neighbors: readonly number[]): number {
    const { starts, rows } = this.columns;
    let total = 0;
    for (const neighbor of neighbors) {
      for (let at = starts[neighbor]!; at < starts[neighbor + 1]!; at++, total++) {
        if (this.ends[rows[at]!]!++ === 0) this.touched.push(rows[at]!);
      }
    }
    return total;
  }

  /** Adds the lower triangle of X'X: members of a row ascend. */
  private addProducts(gramian: Float64Array, size: number): void {
    const { members, values } = this;
    for (const row of this.touched) {
      const start = this.begins[row]!;
      for (let left = start; left < this.ends[row]!; left++) {
        const offset = members[left]! * size;
        const value = values[left]!;
        for (let right = start; right <= left; right++) gramian[offset + members[right]!]! += value * values[right]!;
      }
    }
  }

  /** X'y. */
  private productsWith(item: number, size: number): Float64Array {
    const { starts, rows, values } = this.columns;
    const products = new Float64Array(size);
    for (let at = starts[item]!; at < starts[item + 1]!; at++) {
      const row = rows[at]!;
      for (let of = this.begins[row]!; of < this.ends[row]!; of++) {
        products[this.members[of]!]! += values[at]! * this.values[of]!;
      }
    }
    return products;
  }
}

function meanSquare(values: ArrayLike<number>): number {
  let sum = 0;
  for (let at = 0; at < values.length; at++) sum += values[at]! ** 2;
  return sum / values.length;
}
