import { likelyBound } from '../top-items.ts';
import { type Kernels, openKernels, widthOf } from './kernels.ts';

/** What is looked for: at most so many of the first `count` rows, none of `without`. */
export interface Sought {
  count: number;
  most: number;
  without: readonly number[];
}

const mostWhole = 127;
const mostFine = 32_767;
/** Sums of products stay within 32 bits. */
const mostSum = 2 ** 31 - 1;

/**
 * Rows of factors in 8 bits, a quarter of their size, which a processor keeps near: what they say of an inner product is
 * bounded, so that few rows are left to be scored. docs/adr/0031.
 */
export class CoarseRows {
  private readonly width: number;
  private readonly kernels: Kernels;
  private readonly rows: Int8Array;
  private readonly vector: Int16Array;
  private readonly scales: Float32Array;
  private readonly slacks: Float32Array;
  private readonly lower: Float32Array;
  private readonly upper: Float32Array;
  private readonly found: Uint32Array;
  /** A vector's numbers go from minus to plus this. */
  private readonly fine: number;
  /** By how much rounding of the vector and in single precision may be wrong, as a share of both lengths. */
  private readonly rounding: number;

  constructor(mostRows: number, dimensions: number) {
    const width = widthOf(dimensions);
    const count = 4 * Math.ceil(mostRows / 4);
    this.width = width;
    this.kernels = openKernels(count * width + 2 * width + 16 * count);
    const { buffer } = this.kernels;
    const sides = count * width + 2 * width;
    const side = (at: number) => new Float32Array(buffer, sides + 4 * count * at, count);
    this.rows = new Int8Array(buffer, 0, count * width);
    this.vector = new Int16Array(buffer, count * width, width);
    [this.scales, this.slacks, this.lower, this.upper] = [side(0), side(1), side(2), side(3)];
    this.found = new Uint32Array(count);
    this.fine = Math.min(mostFine, Math.floor(mostSum / (mostWhole * width)));
    this.rounding = Math.sqrt(dimensions) / (2 * this.fine) + (dimensions + 64) * 2 ** -24;
  }

  /** What a row takes. */
  static bytesOf(dimensions: number): number {
    return dimensions + 20;
  }

  set(row: number, factors: Float32Array): void {
    const { rows, width } = this;
    const scale = Math.fround(largest(factors) / mostWhole);
    let [lost, length] = [0, 0];
    for (let at = 0; at < factors.length; at++) {
      const place = row * width + at;
      rows[place] = scale > 0 ? Math.round(factors[at]! / scale) : 0;
      lost += (factors[at]! - scale * rows[place]!) ** 2;
      length += factors[at]! ** 2;
    }
    this.scales[row] = scale;
    // A little more, since it is kept in single precision.
    this.slacks[row] = 1.000_001 * (Math.sqrt(lost) + this.rounding * (Math.sqrt(length) + Math.sqrt(lost)));
  }

  /**
   * Rows in order, among them all that have one of the `most` highest inner products above 0 with the vector: a view that the
   * next call overwrites.
   */
  likely(vector: Float32Array, { count, most, without }: Sought): Uint32Array {
    this.bound(vector, count);
    const lower = this.lower.subarray(0, count);
    for (const row of without) {
      lower[row] = Number.NEGATIVE_INFINITY;
      this.upper[row] = Number.NEGATIVE_INFINITY;
    }
    const bound = likelyBound(lower, most, 0);
    const { size, sure } = this.reaching(bound, count);
    // Of fewer rows than that it is not sure that they have the best.
    return this.found.subarray(0, sure >= most ? size : this.reaching(0, count).size);
  }

  /** Finds rows that may reach the bound, and counts those that do for sure. */
  private reaching(bound: number, count: number): { size: number; sure: number } {
    const { lower, upper, found } = this;
    let [size, sure] = [0, 0];
    for (let row = 0; row < count; row++) {
      const most = upper[row]!;
      if (most < bound || most <= 0) continue;
      found[size++] = row;
      if (lower[row]! >= bound) sure++;
    }
    return { size, sure };
  }

  private bound(vector: Float32Array, count: number): void {
    const unit = largest(vector) / this.fine;
    let length = 0;
    for (let at = 0; at < vector.length; at++) {
      this.vector[at] = unit > 0 ? Math.round(vector[at]! / unit) : 0;
      length += vector[at]! ** 2;
    }
    const size = 4 * Math.ceil(count / 4);
    const [p, sides, step] = [this.vector.byteOffset, this.scales.byteOffset, this.scales.byteLength];
    this.kernels.bound(0, size, p, sides, step, this.width, unit, 1.000_001 * Math.sqrt(length));
  }
}

function largest(values: Float32Array): number {
  let most = 0;
  for (let at = 0; at < values.length; at++) most = Math.max(most, Math.abs(values[at]!));
  return most;
}
