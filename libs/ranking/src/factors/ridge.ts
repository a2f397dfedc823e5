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
 * Returns featureCount x dimensions numbers; an item's factors are the sum of its features' rows. Solved by conjugate gradients
 * on the normal equations (Hestenes and Stiefel 1952), all dimensions side by side: entries x iterations x dimensions.
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
  const system = { features, weights, regularization, dimensions };
  const right = new Float64Array(featureCount * dimensions);
  for (let row = 0; row < rowCount; row++) {
    addToFeatures(system, row, factors.subarray(row * dimensions, (row + 1) * dimensions), weights[row]!, right);
  }
  return Float32Array.from(conjugateGradients(system, right, iterations));
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
  dimensions: number;
}

/** One system a dimension, with steps of its own; columns of the same rows, so that features are walked once for all. */
function conjugateGradients(system: System, right: Float64Array, iterations: number): Float64Array {
  const { dimensions } = system;
  const solution = new Float64Array(right.length);
  const residual = right.slice();
  const direction = right.slice();
  let sizes = columnProducts(residual, residual, dimensions);
  const enough = sizes.map((size) => size * 1e-12);
  for (let step = 0; step < iterations && sizes.some((size, k) => size > enough[k]!); step++) {
    const moved = normalTimes(system, direction);
    const curvatures = columnProducts(moved, direction, dimensions);
    const lengths = sizes.map((size, k) => (curvatures[k]! > 0 ? size / curvatures[k]! : 0));
    for (let at = 0; at < moved.length; at++) {
      const length = lengths[at % dimensions]!;
      solution[at]! += length * direction[at]!;
      residual[at]! -= length * moved[at]!;
    }
    const next = columnProducts(residual, residual, dimensions);
    const kept = next.map((size, k) => (sizes[k]! > 0 ? size / sizes[k]! : 0));
    for (let at = 0; at < moved.length; at++) direction[at] = residual[at]! + kept[at % dimensions]! * direction[at]!;
    sizes = next;
  }
  return solution;
}

/** (X'CX + lambda I) V. */
function normalTimes(system: System, values: Float64Array): Float64Array {
  const { features, weights, regularization, dimensions } = system;
  const product = values.map((value) => regularization * value);
  const sum = new Float64Array(dimensions);
  for (let row = 0; row < weights.length; row++) {
    if (weights[row] === 0) continue;
    sum.fill(0);
    for (let at = features.offsets[row]!; at < features.offsets[row + 1]!; at++) {
      const start = features.columns[at]! * dimensions;
      for (let k = 0; k < dimensions; k++) sum[k]! += values[start + k]!;
    }
    addToFeatures(system, row, sum, weights[row]!, product);
  }
  return product;
}

/** Adds a row's values, times `weight`, to each of its features. */
function addToFeatures(
  { features: { offsets, columns }, dimensions }: System,
  row: number,
  values: ArrayLike<number>,
  weight: number,
  into: Float64Array,
): void {
  for (let at = offsets[row]!; at < offsets[row + 1]!; at++) {
    const start = columns[at]! * dimensions;
    for (let k = 0; k < dimensions; k++) into[start + k]! += weight * values[k]!;
  }
}

/** The inner product of each column of both. */
function columnProducts(left: Float64Array, right: Float64Array, dimensions: number): Float64Array {
  const sums = new Float64Array(dimensions);
  for (let start = 0; start < left.length; start += dimensions) {
    for (let k = 0; k < dimensions; k++) sums[k]! += left[start + k]! * right[start + k]!;
  }
  return sums;
}
