import { widthOf } from './kernels.ts';
import { OuterProducts } from './outer-products.ts';
import { PositiveSystem } from './positive-system.ts';

/** Row r holds columns[offsets[r]] to columns[offsets[r + 1] - 1]. Without weights every entry weighs 1. */
export interface WeightedRows {
  offsets: Uint32Array;
  columns: Uint32Array;
  /** Above 0: confidence in a preference of 1; below 0: confidence, by its absolute value, in a preference of 0. */
  weights?: Float32Array;
}

/** Sums over so many stay in single precision. */
const entriesAtATime = 64;

/**
 * One row of the factorization: argmin over w of sum c (t - w.h)^2 + sum_k diagonal_k w_k^2, over entries with factors h,
 * confidence c and preference t. The prior is diagonal because factors stand in the principal axes of their Gramian
 * (see ImplicitAls), so a row of n entries is solved in n dimensions where n < d:
 * w = M^-1 H' (C^-1 + H M^-1 H')^-1 t, else in d: w = (M + H' C H)^-1 H' C t. Both are exact, and equal.
 */
export class RowSolver {
  private readonly system: PositiveSystem;
  private readonly products: OuterProducts;
  /** 1 / root of the diagonal. */
  private readonly scales: Float64Array;

  constructor(private readonly dimensions: number) {
    this.scales = new Float64Array(dimensions);
    this.system = new PositiveSystem(dimensions);
    this.products = new OuterProducts(Math.max(dimensions, entriesAtATime), dimensions);
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
    const { dimensions, system, products, scales } = this;
    const { matrix, vector } = system;
    const size = to - from;
    // A row per dimension: the sum of their outer products is H M^-1 H'.
    const width = widthOf(size);
    products.rows.fill(0, 0, dimensions * width);
    for (let k = 0; k < dimensions; k++) scales[k] = 1 / Math.sqrt(diagonal[k]!);
    for (let entry = 0; entry < size; entry++) {
      const source = rows.columns[from + entry]! * dimensions;
      for (let k = 0; k < dimensions; k++) products.rows[k * width + entry] = factors[source + k]! * scales[k]!;
    }
    matrix.fill(0, 0, size * size);
    products.addTo(matrix, dimensions, size);
    for (let entry = 0; entry < size; entry++) {
      const weight = rows.weights?.[from + entry] ?? 1;
      matrix[entry * size + entry]! += 1 / Math.abs(weight);
      vector[entry] = weight > 0 ? 1 : 0;
    }
    system.solve(size);
    // Scales are used up: they hold the sums.
    scales.fill(0);
    for (let entry = 0; entry < size; entry++) {
      const source = rows.columns[from + entry]! * dimensions;
      const value = vector[entry]!;
      for (let k = 0; k < dimensions; k++) scales[k] = scales[k]! + value * factors[source + k]!;
    }
    for (let k = 0; k < dimensions; k++) out[k] = scales[k]! / diagonal[k]!;
  }

  private inDimensions(
    rows: WeightedRows,
    from: number,
    to: number,
    { factors, diagonal }: { factors: Float32Array; diagonal: Float64Array },
    out: Float32Array,
  ): void {
    const { dimensions, system, products } = this;
    const { matrix, vector } = system;
    const width = widthOf(dimensions);
    if (width > dimensions) products.rows.fill(0);
    matrix.fill(0);
    vector.fill(0);
    for (let start = from; start < to; start += entriesAtATime) {
      const size = Math.min(entriesAtATime, to - start);
      for (let entry = 0; entry < size; entry++) {
        const weight = rows.weights?.[start + entry] ?? 1;
        const root = Math.sqrt(Math.abs(weight));
        const source = rows.columns[start + entry]! * dimensions;
        for (let k = 0; k < dimensions; k++) {
          const value = factors[source + k]!;
          products.rows[entry * width + k] = value * root;
          if (weight > 0) vector[k] = vector[k]! + value * weight;
        }
      }
      products.addTo(matrix, size, dimensions);
    }
    for (let k = 0; k < dimensions; k++) matrix[k * dimensions + k]! += diagonal[k]!;
    system.solve(dimensions);
    for (let k = 0; k < dimensions; k++) out[k] = vector[k]!;
  }
}
