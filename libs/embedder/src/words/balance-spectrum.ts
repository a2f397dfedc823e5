import { inTurns } from './in-turns.ts';
import { principalDirections } from './principal-directions.ts';

/** Singular values are raised to this: 1 leaves vectors as trained, 0 makes all directions count the same. */
const power = 0.75;
/** Only the most frequent words decide the directions; bounds the time. */
const mostRows = 50_000;

/**
 * Turns the vectors W = U S V' of the first matrix into U S^0.75 V', in place, and the others by the same linear map: the
 * few directions that nearly all words share outweigh meaning less (Caron 2001; Levy et al. 2015, section 3.3, "eigenvalue
 * weighting"). Rows by descending count; the mean square stays. Lets other work in between; throws what `signal` says.
 */
export async function balanceSpectrum(
  matrices: readonly Float32Array[],
  dimensions: number,
  signal?: AbortSignal,
): Promise<void> {
  const map = await balancingMap(matrices[0]!, dimensions, signal);
  if (!map) return;
  const row = new Float64Array(dimensions);
  for (const matrix of matrices) {
    for await (const [from, to] of inTurns(matrix.length / dimensions, dimensions ** 2, signal)) {
      for (let start = from * dimensions; start < to * dimensions; start += dimensions) {
        row.set(matrix.subarray(start, start + dimensions));
        for (let at = 0; at < dimensions; at++) {
          let sum = 0;
          for (let other = 0; other < dimensions; other++) sum += map[at * dimensions + other]! * row[other]!;
          matrix[start + at] = sum;
        }
      }
    }
  }
}

/** V S^(power - 1) V', symmetric, so that the sum of squares of what it is made from stays; undefined where all is zero. */
async function balancingMap(matrix: Float32Array, dimensions: number, signal?: AbortSignal) {
  const squares = await innerProducts(matrix.subarray(0, mostRows * dimensions), dimensions, signal);
  const directions = await principalDirections(squares, dimensions, signal);
  if (directions.length === 0) return undefined;
  const before = directions.reduce((sum, { value }) => sum + value, 0);
  const after = directions.reduce((sum, { value }) => sum + value ** power, 0);
  const map = new Float64Array(dimensions * dimensions);
  for (const { value, direction } of directions) {
    const factor = Math.sqrt(before / after) * value ** ((power - 1) / 2);
    for (let at = 0; at < dimensions; at++) {
      const weight = factor * direction[at]!;
      for (let other = 0; other < dimensions; other++) {
        map[at * dimensions + other] = map[at * dimensions + other]! + weight * direction[other]!;
      }
    }
  }
  return map;
}

/** W'W, whose eigenvalues are the squares of the singular values of W. */
async function innerProducts(matrix: Float32Array, dimensions: number, signal?: AbortSignal): Promise<Float64Array> {
  const sums = new Float64Array(dimensions * dimensions);
  for await (const [from, to] of inTurns(matrix.length / dimensions, dimensions ** 2, signal)) {
    for (let start = from * dimensions; start < to * dimensions; start += dimensions) {
      for (let at = 0; at < dimensions; at++) {
        const value = matrix[start + at]!;
        for (let other = 0; other < dimensions; other++) {
          sums[at * dimensions + other] = sums[at * dimensions + other]! + value * matrix[start + other]!;
        }
      }
    }
  }
  return sums;
}
