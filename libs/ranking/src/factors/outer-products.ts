import { type Kernels, openKernels, widthOf } from './kernels.ts';

/**
 * Sums of the outer products of many short rows, in 32-bit floats with SIMD: fill `rows`, then `addTo`. Sums of a call are of
 * single precision, what they are added to is of double: so give some hundred rows at a time.
 */
export class OuterProducts {
  /** Row r begins at r x widthOf(length); what is wider than a row must stay 0. */
  readonly rows: Float32Array;
  private readonly sums: Float32Array;
  private readonly kernels: Kernels;

  /** For up to `mostRows` rows of up to `mostLength` numbers. */
  constructor(mostRows: number, mostLength: number) {
    const width = widthOf(mostLength);
    const rowBytes = 4 * mostRows * width;
    this.kernels = openKernels(rowBytes + 4 * width * width);
    this.rows = new Float32Array(this.kernels.buffer, 0, mostRows * width);
    this.sums = new Float32Array(this.kernels.buffer, rowBytes, width * width);
  }

  /** Adds the products of the first `size` rows to the lower triangle of `matrix`, length x length row by row. */
  addTo(matrix: Float64Array, size: number, length: number): void {
    const width = widthOf(length);
    const { sums } = this;
    this.kernels.addUp(0, sums.byteOffset, size, width);
    for (let row = 0; row < length; row++) {
      const from = row * width;
      const to = row * length;
      for (let column = 0; column <= row; column++) matrix[to + column]! += sums[from + column]!;
    }
  }
}
