function factor(matrix: Float64Array, size: number): void {
  for (let row = 0; row < size; row++) {
    const start = row * size;
    for (let column = 0; column < row; column++) {
      const other = column * size;
      const known = product(matrix, start, other, column);
      matrix[start + column] = (matrix[start + column]! - known) / matrix[other + column]!;
    }
    const pivot = matrix[start + row]! - product(matrix, start, start, row);
    if (!(pivot > 0 && pivot < Infinity)) throw new RangeError('The matrix is not positive definite');
    matrix[start + row] = Math.sqrt(pivot);
  }
}

/** Inner product of two stretches, as four sums: each waits for itself alone. */
function product(matrix: Float64Array, left: number, right: number, length: number): number {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  let at = 0;
  for (; at + 3 < length; at += 4) {
    a += matrix[left + at]! * matrix[right + at]!;
    b += matrix[left + at + 1]! * matrix[right + at + 1]!;
    c += matrix[left + at + 2]! * matrix[right + at + 2]!;
    d += matrix[left + at + 3]! * matrix[right + at + 3]!;
  }
  for (; at < length; at++) a += matrix[left + at]! * matrix[right + at]!;
  return a + b + (c + d);
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
