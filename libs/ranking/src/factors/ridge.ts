import type { SparseRows } from '../interaction-matrix.ts';

export interface RidgeOptions {
  /** Lambda, above 0. */
  regularization: number;
  /** How much each row counts; absent: 1 each. */
  rowWeights?: Float64Array;
  iterations?: number;
}

/**
 * Ridge regression from 0/1 features to factors, for items that nobody has met: W = argmin sum_i c_i |f_i - W'x_i|^2 + lambda |W|^2.
 * Returns featureCount x dimensions numbers; an item's factors are the sum of its features' rows. Solved one dimension at a time by
 * conjugate gradients on the normal equations (Hestenes and Stiefel 1952), which costs entries x iterations x dimensions.
 */
export function ridgeWeights(
  features: SparseRows,
  featureCount: number,
  factors: Float32Array,
  { regularization, rowWeights, iterations = 60 }: RidgeOptions,
): Float32Array {
  if (!(regularization > 0)) throw new RangeError('regularization must be above 0');
  const rowCount = features.offsets.length - 1;
  const dimensions = factors.length / rowCount;
  if (!Number.isInteger(dimensions))
    throw new RangeError(`${factors.length} numbers are no factors of ${rowCount} rows`);
  const weights = rowWeights ?? new Float64Array(rowCount).fill(1);
  const solved = new Float32Array(featureCount * dimensions);
  const system = { features, weights, regularization };
  for (let k = 0; k < dimensions; k++) {
    const target = Float64Array.from({ length: rowCount }, (_, row) => weights[row]! * factors[row * dimensions + k]!);
    const column = conjugateGradients(system, scattered(features, target, featureCount), iterations);
    for (let feature = 0; feature < featureCount; feature++) solved[feature * dimensions + k] = column[feature]!;
  }
  return solved;
}

/** Factors of one row by its features, written into `out`. */
export function ridgeFactors(weights: Float32Array, features: ArrayLike<number>, out: Float32Array): void {
  out.fill(0);
  for (let at = 0; at < features.length; at++) {
    const start = features[at]! * out.length;
    for (let k = 0; k < out.length; k++) out[k] = out[k]! + weights[start + k]!;
  }
}

interface System {
  features: SparseRows;
  weights: Float64Array;
  regularization: number;
}

function conjugateGradients(system: System, right: Float64Array, iterations: number): Float64Array {
  const solution = new Float64Array(right.length);
  const residual = right.slice();
  const direction = right.slice();
  let size = squared(residual);
  const enough = size * 1e-12;
  for (let step = 0; step < iterations && size > enough; step++) {
    const moved = normalTimes(system, direction);
    let curvature = 0;
    for (let at = 0; at < moved.length; at++) curvature += moved[at]! * direction[at]!;
    const length = size / curvature;
    for (let at = 0; at < moved.length; at++) {
      solution[at]! += length * direction[at]!;
      residual[at]! -= length * moved[at]!;
    }
    const next = squared(residual);
    for (let at = 0; at < moved.length; at++) direction[at] = residual[at]! + (next / size) * direction[at]!;
    size = next;
  }
  return solution;
}

/** (X'CX + lambda I) v. */
function normalTimes({ features, weights, regularization }: System, vector: Float64Array): Float64Array {
  const { offsets, columns } = features;
  const sums = new Float64Array(offsets.length - 1);
  for (let row = 0; row < sums.length; row++) {
    let sum = 0;
    for (let at = offsets[row]!; at < offsets[row + 1]!; at++) sum += vector[columns[at]!]!;
    sums[row] = sum * weights[row]!;
  }
  const product = scattered(features, sums, vector.length);
  for (let at = 0; at < product.length; at++) product[at]! += regularization * vector[at]!;
  return product;
}

/** X'v. */
function scattered({ offsets, columns }: SparseRows, values: Float64Array, featureCount: number): Float64Array {
  const sums = new Float64Array(featureCount);
  for (let row = 0; row + 1 < offsets.length; row++) {
    for (let at = offsets[row]!; at < offsets[row + 1]!; at++) sums[columns[at]!]! += values[row]!;
  }
  return sums;
}

const squared = (values: Float64Array) => values.reduce((sum, value) => sum + value * value, 0);
