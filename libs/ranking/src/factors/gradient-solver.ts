import { type Kernels, openKernels, widthOf } from './kernels.ts';
import type { WeightedRows } from './row-solver.ts';

/** After three, factors of ml-latest-small rank as exact ones do: docs/adr/0016-approximate-rows.md. */
const mostSteps = 3;
/** Of r'M^-1 r at the beginning. Short rows are below it, and solved, before the third step. */
const tolerance = 1e-6;
/** Entries of which factors are held beside each other: 256 kB at 64 dimensions, which a cache keeps from step to step. */
const entriesAtATime = 1024;

/**
 * One row of the factorization, as RowSolver says it, approximately: three steps of conjugate gradients (Hestenes and Stiefel
 * 1952; for implicit ALS Takács, Pilászy and Tikk 2011) from 0, in 32-bit floats, preconditioned by the prior M. As that is diagonal a
 * step costs 2 n d, nothing of d^2. What comes out depends on the other side alone, not on what the row was before.
 */
export class GradientSolver {
  private readonly width: number;
  private readonly kernels: Kernels;
  /** Factors and block as words of 8 bytes where a row is whole ones: half the moves. */
  private readonly source: Float32Array | Float64Array;
  private readonly block: Float32Array | Float64Array;
  private readonly confidences: Float32Array;
  /** Confidence x preference. */
  private readonly shares: Float32Array;
  /** b, M, p, x, r and the product with p, `width` numbers each: see `begin` of the kernels. */
  private readonly state: Float32Array;
  /** Keeps the reads that only warm the cache from being optimized away. */
  private readonly warmed = new Float64Array(1);

  /** `factors`: rows of the other side, turned. `prior`: alpha_0 x eigenvalues of its Gramian, one a dimension. */
  constructor(
    factors: Float32Array,
    private readonly prior: Float64Array,
  ) {
    const width = widthOf(prior.length);
    this.width = width;
    const blockBytes = 4 * entriesAtATime * width;
    this.kernels = openKernels(blockBytes + 8 * entriesAtATime + 24 * width);
    const { buffer } = this.kernels;
    const inWords = prior.length % 2 === 0 && factors.byteOffset % 8 === 0;
    this.source = inWords ? new Float64Array(factors.buffer, factors.byteOffset, factors.length / 2) : factors;
    this.block = inWords ? new Float64Array(buffer, 0, blockBytes / 8) : new Float32Array(buffer, 0, blockBytes / 4);
    this.confidences = new Float32Array(buffer, blockBytes, entriesAtATime);
    this.shares = new Float32Array(buffer, blockBytes + 4 * entriesAtATime, entriesAtATime);
    this.state = new Float32Array(buffer, blockBytes + 8 * entriesAtATime, 6 * width);
  }

  /**
   * Writes d numbers to `out` from `at` on and returns the row's part of the loss. `ridge` is above 0, and added to the prior. Throws
   * RangeError where nothing finite comes out.
   */
  solve(rows: WeightedRows, row: number, ridge: number, out: Float32Array, at: number): number {
    const { kernels, state, width, prior } = this;
    const from = rows.offsets[row]!;
    const to = rows.offsets[row + 1]!;
    const wanted = this.prepare(rows, from, to, ridge);
    const first = kernels.begin(state.byteOffset, width);
    let left = first;
    for (let step = 0; step < mostSteps && left > tolerance * first; step++) {
      this.applyEntries(rows, from, to);
      left = kernels.step(state.byteOffset, width, left);
    }
    if (!Number.isFinite(left)) throw new RangeError('a row has no finite solution');
    // With A x = b - r the loss x'Ax - 2 x'b + sum c t is sum c t - x'(b + r).
    let explained = 0;
    for (let k = 0; k < prior.length; k++) {
      const x = state[3 * width + k]!;
      out[at + k] = x;
      explained += x * (state[k]! + state[4 * width + k]!);
    }
    return wanted - explained;
  }

  /** Sets M and b = H'Ct. Returns the sum of c t. */
  private prepare(rows: WeightedRows, from: number, to: number, ridge: number): number {
    const { kernels, state, shares, width, prior } = this;
    for (let k = 0; k < width; k++) {
      state[k] = 0;
      state[width + k] = (prior[k] ?? 0) + ridge;
    }
    let wanted = 0;
    for (let start = from; start < to; start += entriesAtATime) {
      const size = this.gather(rows, start, Math.min(to, start + entriesAtATime));
      for (let entry = 0; entry < size; entry++) wanted += shares[entry]!;
      kernels.combine(this.block.byteOffset, shares.byteOffset, size, state.byteOffset, width);
    }
    return wanted;
  }

  /** Adds H'CH p to the product. Rows that fit into the block are in it since `prepare`. */
  private applyEntries(rows: WeightedRows, from: number, to: number): void {
    const { kernels, state, confidences, block, width } = this;
    const p = state.byteOffset + 8 * width;
    const product = state.byteOffset + 20 * width;
    for (let start = from; start < to; start += entriesAtATime) {
      const end = Math.min(to, start + entriesAtATime);
      const size = to - from > entriesAtATime ? this.gather(rows, start, end) : padded(end - start);
      kernels.apply(block.byteOffset, confidences.byteOffset, size, p, product, width);
    }
  }

  /** Copies the factors of entries into the block. Returns their number with those of weight 0 that fill it up to whole fours. */
  private gather({ columns, weights }: WeightedRows, from: number, to: number): number {
    const { source, block, confidences, shares, width, prior } = this;
    const words = source instanceof Float64Array ? 2 : 1;
    const length = prior.length / words;
    const stride = width / words;
    this.warm(columns, from, to, length);
    for (let at = from, into = 0; at < to; at++, into += stride)
      copy(source, columns[at]! * length, block, into, length);
    const size = padded(to - from);
    for (let entry = 0; entry < size; entry++) {
      const weight = from + entry < to ? (weights?.[from + entry] ?? 1) : 0;
      confidences[entry] = Math.abs(weight);
      shares[entry] = Math.max(weight, 0);
    }
    for (let at = (to - from) * stride; at < size * stride; at++) block[at] = 0;
    return size;
  }

  /** Reads each line of a cache once: many are on their way at a time, where copying waits for a few. A third of a large epoch. */
  private warm(columns: Uint32Array, from: number, to: number, length: number): void {
    const { source } = this;
    const line = 64 / source.BYTES_PER_ELEMENT;
    let sum = 0;
    for (let at = from; at < to; at++) {
      const start = columns[at]! * length;
      for (let k = 0; k < length; k += line) sum += source[start + k]!;
    }
    this.warmed[0] = sum;
  }
}

const padded = (size: number): number => 4 * Math.ceil(size / 4);

type Words = Float32Array | Float64Array;

function copy(source: Words, from: number, target: Words, to: number, length: number): void {
  let k = 0;
  for (; k + 3 < length; k += 4) {
    target[to + k] = source[from + k]!;
    target[to + k + 1] = source[from + k + 1]!;
    target[to + k + 2] = source[from + k + 2]!;
    target[to + k + 3] = source[from + k + 3]!;
  }
  for (; k < length; k++) target[to + k] = source[from + k]!;
}
