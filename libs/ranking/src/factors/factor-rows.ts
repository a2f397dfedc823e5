import { selectTop } from '../top-items.ts';
import { CoarseRows, type Sought } from './coarse-rows.ts';
import { type Kernels, openKernels, widthOf } from './kernels.ts';

/** Rows and their inner products with a vector. */
export interface ScoredRows {
  rows: Uint32Array;
  scores: Float32Array;
}

/** Rows of factors in a memory of WebAssembly, where they are scored with SIMD. */
export class FactorRows {
  private readonly width: number;
  private readonly kernels: Kernels;
  private readonly rows: Float32Array;
  private readonly vector: Float32Array;
  private readonly asked: Uint32Array;
  private readonly out: Float32Array;
  private readonly coarse: CoarseRows;

  /** Throws RangeError above the 4 GB that WebAssembly has. */
  constructor(
    mostRows: number,
    private readonly dimensions: number,
  ) {
    const width = widthOf(dimensions);
    const count = 4 * Math.ceil(mostRows / 4);
    this.width = width;
    this.kernels = openKernels(4 * (count * width + width + 2 * count));
    const { buffer } = this.kernels;
    this.rows = new Float32Array(buffer, 0, count * width);
    this.vector = new Float32Array(buffer, this.rows.byteLength, width);
    this.asked = new Uint32Array(buffer, this.rows.byteLength + this.vector.byteLength, count);
    this.out = new Float32Array(buffer, this.asked.byteOffset + this.asked.byteLength, count);
    this.coarse = new CoarseRows(mostRows, dimensions);
  }

  /** What a row takes. */
  static bytesOf(dimensions: number): number {
    return 4 * dimensions + 8 + CoarseRows.bytesOf(dimensions);
  }

  set(row: number, factors: Float32Array): void {
    this.rows.set(factors, row * this.width);
    this.coarse.set(row, factors);
  }

  /** A view, to be read. */
  of(row: number): Float32Array {
    return this.rows.subarray(row * this.width, row * this.width + this.dimensions);
  }

  /** Inner products of the rows, at most as many as there may be: a view that the next call overwrites. */
  scores(vector: Float32Array, rows: Uint32Array | readonly number[]): Float32Array {
    this.vector.set(vector);
    this.asked.set(rows);
    const size = 4 * Math.ceil(rows.length / 4);
    this.asked.fill(0, rows.length, size);
    this.kernels.score(0, this.asked.byteOffset, size, this.vector.byteOffset, this.out.byteOffset, this.width);
    return this.out.subarray(0, rows.length);
  }

  /** The rows with the highest inner products above 0, in order; of equal ones the first. */
  nearest(vector: Float32Array, sought: Sought): ScoredRows {
    const likely = this.coarse.likely(vector, sought);
    const scores = this.scores(vector, likely);
    const best = selectTop(scores, sought.most, 0);
    return { rows: best.map((at) => likely[at]!), scores: Float32Array.from(best, (at) => scores[at]!) };
  }
}
