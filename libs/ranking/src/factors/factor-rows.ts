import { type Kernels, openKernels, widthOf } from './kernels.ts';

/** Rows of factors in a memory of WebAssembly: all are scored at once, with SIMD. */
export class FactorRows {
  private readonly width: number;
  private readonly kernels: Kernels;
  private readonly rows: Float32Array;
  private readonly vector: Float32Array;
  private readonly out: Float32Array;

  /** Throws RangeError above the 4 GB that WebAssembly has. */
  constructor(
    mostRows: number,
    private readonly dimensions: number,
  ) {
    const width = widthOf(dimensions);
    const count = 4 * Math.ceil(mostRows / 4);
    this.width = width;
    this.kernels = openKernels(4 * (count * width + width + count));
    const { buffer } = this.kernels;
    this.rows = new Float32Array(buffer, 0, count * width);
    this.vector = new Float32Array(buffer, this.rows.byteLength, width);
    this.out = new Float32Array(buffer, this.rows.byteLength + this.vector.byteLength, count);
  }

  /** A view, to be read and written. */
  of(row: number): Float32Array {
    return this.rows.subarray(row * this.width, row * this.width + this.dimensions);
  }

  /** Inner products of the first `count` rows with a vector: a view that the next call overwrites. */
  scores(vector: Float32Array, count: number): Float32Array {
    this.vector.set(vector);
    const size = 4 * Math.ceil(count / 4);
    this.kernels.score(0, size, this.vector.byteOffset, this.out.byteOffset, this.width);
    return this.out.subarray(0, count);
  }
}
