/**
 * Solves A x = b in place by Cholesky: `matrix` holds the lower triangle of A, size x size row by row, and is overwritten by
 * its factor; `vector` holds b and becomes x. Throws RangeError where A is not positive definite (or not finite).
 */
export function solvePositive(matrix: Float64Array, vector: Float64Array, size: number): void {
  factor(matrix, size);
  for (let row = 0; row < size; row++) {
    const start = row * size;
    let sum = vector[row]!;
    for (let at = 0; at < row; at++) sum -= matrix[start + at]! * vector[at]!;
    vector[row] = sum / matrix[start + row]!;
  }
  for (let row = size - 1; row >= 0; row--) {
    const start = row * size;
    const value = vector[row]! / matrix[start + row]!;
    vector[row] = value;
    for (let at = 0; at < row; at++) vector[at] = vector[at]! - matrix[start + at]! * value;
  }
}

function factor(matrix: Float64Array, size: number): void {
  for (let row = 0; row < size; row++) {
    const start = row * size;
    for (let column = 0; column < row; column++) {
      const other = column * size;
      let sum = matrix[start + column]!;
      for (let at = 0; at < column; at++) sum -= matrix[start + at]! * matrix[other + at]!;
      matrix[start + column] = sum / matrix[other + column]!;
    }
    let pivot = matrix[start + row]!;
    for (let at = 0; at < row; at++) pivot -= matrix[start + at]! * matrix[start + at]!;
    if (!(pivot > 0 && pivot < Infinity)) throw new RangeError('The matrix is not positive definite');
    matrix[start + row] = Math.sqrt(pivot);
  }
}

/**
 * The inverse of a positive definite matrix of which the lower triangle is given, full and row by row. `matrix` is
 * overwritten. Throws RangeError as solvePositive does.
 */
export function invertPositive(matrix: Float64Array, size: number): Float64Array {
  factor(matrix, size);
  invertLower(matrix, size);
  const inverse = new Float64Array(size * size);
  for (let at = 0; at < size; at++) {
    // Row `at` of the inverted factor adds its outer product: inverse = L^-T L^-1.
    const source = at * size;
    for (let row = 0; row <= at; row++) {
      const value = matrix[source + row]!;
      const start = row * size;
      for (let column = 0; column <= row; column++) inverse[start + column]! += value * matrix[source + column]!;
    }
  }
  for (let row = 0; row < size; row++) {
    for (let column = row + 1; column < size; column++) inverse[row * size + column] = inverse[column * size + row]!;
  }
  return inverse;
}

/** Row by row: row r of L^-1 is -(sum over k < r of L_rk x row k of L^-1) / L_rr, and 1 / L_rr on the diagonal. */
function invertLower(matrix: Float64Array, size: number): void {
  const sums = new Float64Array(size);
  for (let row = 0; row < size; row++) {
    const start = row * size;
    const pivot = matrix[start + row]!;
    sums.fill(0, 0, row);
    for (let k = 0; k < row; k++) {
      const value = matrix[start + k]!;
      const other = k * size;
      for (let column = 0; column <= k; column++) sums[column]! += value * matrix[other + column]!;
    }
    for (let column = 0; column < row; column++) matrix[start + column] = -sums[column]! / pivot;
    matrix[start + row] = 1 / pivot;
  }
}
