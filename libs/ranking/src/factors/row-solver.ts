import { solvePositive } from './solve-positive.ts';

/** Row r holds columns[offsets[r]] to columns[offsets[r + 1] - 1]. Without weights every entry weighs 1. */
export interface WeightedRows {
  offsets: Uint32Array;
  columns: Uint32Array;
  /** Above 0: confidence in a preference of 1; below 0: confidence, by its absolute value, in a preference of 0. */
  weights?: Float32Array;
}

/**
 * One row of the factorization: argmin over w of sum c (t - w.h)^2 + sum_k diagonal_k w_k^2, over entries with factors h,
 * confidence c and preference t. The prior is diagonal because factors stand in the principal axes of their Gramian
 * (see ImplicitAls), so a row of n entries is solved in n dimensions where n < d:
 * w = M^-1 H' (C^-1 + H M^-1 H')^-1 t, else in d: w = (M + H' C H)^-1 H' C t. Both are exact, and equal.
 */
export class RowSolver {
  private readonly matrix: Float64Array;
  private readonly vector: Float64Array;
  private readonly block: Float64Array;
  private readonly scaled: Float64Array;

  constructor(private readonly dimensions: number) {
    this.matrix = new Float64Array(dimensions * dimensions);
    this.vector = new Float64Array(dimensions);
    this.block = new Float64Array(dimensions * dimensions);
    this.scaled = new Float64Array(dimensions * dimensions);
  }

  /** Writes d numbers to `out` from `at` on. `diagonal` is above 0 everywhere. Throws RangeError where nothing finite comes out. */
  solve(
    rows: WeightedRows,
    row: number,
    { factors, diagonal }: { factors: Float32Array; diagonal: Float64Array },
    out: Float32Array,
    at: number,
  ): void {
    const from = rows.offsets[row]!;
    const to = rows.offsets[row + 1]!;
    if (from === to) out.fill(0, at, at + this.dimensions);
    else if (to - from < this.dimensions) this.inEntries(rows, from, to, { factors, diagonal }, out.subarray(at));
    else this.inDimensions(rows, from, to, { factors, diagonal }, out.subarray(at));
  }

  private inEntries(
    rows: WeightedRows,
    from: number,
    to: number,
    { factors, diagonal }: { factors: Float32Array; diagonal: Float64Array },
    out: Float32Array,
  ): void {
    const { dimensions, matrix, vector, block, scaled } = this;
    const size = to - from;
    for (let entry = 0; entry < size; entry++) {
      const source = rows.columns[from + entry]! * dimensions;
      const target = entry * dimensions;
      for (let k = 0; k < dimensions; k++) {
        const value = factors[source + k]!;
        block[target + k] = value;
        scaled[target + k] = value / diagonal[k]!;
      }
      const weight = rows.weights?.[from + entry] ?? 1;
      for (let other = 0; other <= entry; other++) {
        const start = other * dimensions;
        let sum = 0;
        for (let k = 0; k < dimensions; k++) sum += scaled[target + k]! * block[start + k]!;
        matrix[entry * size + other] = sum;
      }
      matrix[entry * size + entry]! += 1 / Math.abs(weight);
      vector[entry] = weight > 0 ? 1 : 0;
    }
    solvePositive(matrix, vector, size);
    for (let k = 0; k < dimensions; k++) {
      let sum = 0;
      for (let entry = 0; entry < size; entry++) sum += vector[entry]! * scaled[entry * dimensions + k]!;
      out[k] = sum;
    }
  }

  private inDimensions(
    rows: WeightedRows,
    from: number,
    to: number,
    { factors, diagonal }: { factors: Float32Array; diagonal: Float64Array },
    out: Float32Array,
  ): void {
    const { dimensions, matrix, vector, block } = this;
    matrix.fill(0);
    vector.fill(0);
    for (let start = from; start < to; start += dimensions) {
      const size = Math.min(dimensions, to - start);
      for (let entry = 0; entry < size; entry++) {
        const weight = rows.weights?.[start + entry] ?? 1;
        const root = Math.sqrt(Math.abs(weight));
        const source = rows.columns[start + entry]! * dimensions;
        for (let k = 0; k < dimensions; k++) {
          const value = factors[source + k]!;
          block[entry * dimensions + k] = value * root;
          if (weight > 0) vector[k] = vector[k]! + value * weight;
        }
      }
      addOuterProducts(matrix, block, size, dimensions);
    }
    for (let k = 0; k < dimensions; k++) matrix[k * dimensions + k]! += diagonal[k]!;
    solvePositive(matrix, vector, dimensions);
    for (let k = 0; k < dimensions; k++) out[k] = vector[k]!;
  }
}

/**
 * Adds the outer products of `size` rows of `block` to the lower triangle (and to a few cells above it): four entries and
 * two rows at a time, so that eight products share six loads.
 */
export function addOuterProducts(matrix: Float64Array, block: Float64Array, size: number, dimensions: number): void {
  const evenRows = dimensions - (dimensions % 2);
  const whole = dimensions % 2 === 0 ? size - (size % 4) : 0;
  for (let entry = 0; entry < whole; entry += 4) {
    const a = entry * dimensions;
    const b = a + dimensions;
    const c = b + dimensions;
    const d = c + dimensions;
    for (let row = 0; row < evenRows; row += 2) {
      const a0 = block[a + row]!;
      const b0 = block[b + row]!;
      const c0 = block[c + row]!;
      const d0 = block[d + row]!;
      const a1 = block[a + row + 1]!;
      const b1 = block[b + row + 1]!;
      const c1 = block[c + row + 1]!;
      const d1 = block[d + row + 1]!;
      const first = row * dimensions;
      const second = first + dimensions;
      for (let k = 0; k <= row + 1; k++) {
        const ak = block[a + k]!;
        const bk = block[b + k]!;
        const ck = block[c + k]!;
        const dk = block[d + k]!;
        matrix[first + k] = matrix[first + k]! + (a0 * ak + b0 * bk + (c0 * ck + d0 * dk));
        matrix[second + k] = matrix[second + k]! + (a1 * ak + b1 * bk + (c1 * ck + d1 * dk));
      }
    }
  }
  for (let entry = whole; entry < size; entry++) {
    const a = entry * dimensions;
    for (let row = 0; row < dimensions; row++) {
      const value = block[a + row]!;
      const start = row * dimensions;
      for (let k = 0; k <= row; k++) matrix[start + k] = matrix[start + k]! + value * block[a + k]!;
    }
  }
}
