import { type Kernels, openKernels, widthOf } from './kernels.ts';

const rowsAtATime = 256;

/** Multiplies rows of factors by a square matrix, in 32-bit floats. */
export class RowTurner {
  private readonly width: number;
  private readonly kernels: Kernels;
  private readonly rows: Float32Array;
  private readonly products: Float32Array;

  /** `matrix`: dimensions x dimensions, row by row. */
  constructor(
    matrix: Float64Array,
    private readonly dimensions: number,
  ) {
    const width = widthOf(dimensions);
    this.width = width;
    const count = rowsAtATime * width;
    this.kernels = openKernels(4 * (width * width + 2 * count));
    const { buffer } = this.kernels;
    const square = new Float32Array(buffer, 0, width * width);
    for (let row = 0; row < dimensions; row++) {
      square.set(matrix.subarray(row * dimensions, (row + 1) * dimensions), row * width);
    }
    this.rows = new Float32Array(buffer, square.byteLength, count);
    this.products = new Float32Array(buffer, square.byteLength + this.rows.byteLength, count);
  }

  /** Turns the rows from..to in place. */
  turn(factors: Float32Array, from: number, to: number): void {
    const { dimensions, width, rows, products } = this;
    for (let start = from; start < to; start += rowsAtATime) {
      const size = Math.min(rowsAtATime, to - start);
      for (let row = 0; row < size; row++) {
        const at = (start + row) * dimensions;
        rows.set(factors.subarray(at, at + dimensions), row * width);
      }
      this.kernels.multiply(rows.byteOffset, 0, products.byteOffset, 4 * Math.ceil(size / 4), width);
      for (let row = 0; row < size; row++) {
        factors.set(products.subarray(row * width, row * width + dimensions), (start + row) * dimensions);
      }
    }
  }
}
