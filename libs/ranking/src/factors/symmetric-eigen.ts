export interface SymmetricEigen {
  /** Largest first. */
  values: Float64Array;
  /** Column k (entry [row * size + k]) is the unit eigenvector of value k. */
  vectors: Float64Array;
}

const mostSweeps = 30;

/**
 * Eigenvalues and vectors of a symmetric size x size matrix, row by row, by cyclic Jacobi rotations (Golub and Van Loan,
 * Matrix Computations, 8.5). Costs about 20 x size^3; meant for sizes up to a few hundred. Throws RangeError for entries
 * that are not finite.
 */
export function symmetricEigen(matrix: Float64Array, size: number): SymmetricEigen {
  if (matrix.length !== size * size) throw new RangeError(`A matrix of ${size} x ${size} has ${size * size} entries`);
  if (!matrix.every(Number.isFinite)) throw new RangeError('The matrix has entries that are not finite');
  const work = matrix.slice();
  // Transposed while rotating: rows are contiguous.
  const basis = new Float64Array(size * size);
  for (let at = 0; at < size; at++) basis[at * size + at] = 1;
  const floor = 1e-30 * work.reduce((sum, value) => sum + value * value, 0);
  // All that are left at most so large would end the sweeps: of a matrix of low rank most are mere rounding from the start.
  const least = Math.sqrt(floor) / size;
  for (let sweep = 0; sweep < mostSweeps && offDiagonal(work, size) > floor; sweep++) {
    for (let p = 0; p < size - 1; p++)
      for (let q = p + 1; q < size; q++) if (Math.abs(work[p * size + q]!) > least) rotate(work, basis, size, p, q);
  }
  return sorted(work, basis, size);
}

function offDiagonal(work: Float64Array, size: number): number {
  let sum = 0;
  for (let row = 1; row < size; row++) for (let at = 0; at < row; at++) sum += work[row * size + at]! ** 2;
  return sum;
}

function rotate(work: Float64Array, basis: Float64Array, size: number, p: number, q: number): void {
  const pq = work[p * size + q]!;
  const theta = (work[q * size + q]! - work[p * size + p]!) / (2 * pq);
  const tangent = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const cosine = 1 / Math.sqrt(tangent * tangent + 1);
  const sine = tangent * cosine;
  for (let at = 0; at < size; at++) {
    const left = work[at * size + p]!;
    const right = work[at * size + q]!;
    work[at * size + p] = cosine * left - sine * right;
    work[at * size + q] = sine * left + cosine * right;
  }
  rotateRows(work, p * size, q * size, size, { cosine, sine });
  rotateRows(basis, p * size, q * size, size, { cosine, sine });
}

function rotateRows(
  rows: Float64Array,
  p: number,
  q: number,
  size: number,
  { cosine, sine }: { cosine: number; sine: number },
): void {
  for (let at = 0; at < size; at++) {
    const left = rows[p + at]!;
    const right = rows[q + at]!;
    rows[p + at] = cosine * left - sine * right;
    rows[q + at] = sine * left + cosine * right;
  }
}

function sorted(work: Float64Array, basis: Float64Array, size: number): SymmetricEigen {
  const order = Array.from({ length: size }, (_, at) => at);
  order.sort((left, right) => work[right * size + right]! - work[left * size + left]! || left - right);
  const values = Float64Array.from(order, (at) => work[at * size + at]!);
  const vectors = new Float64Array(size * size);
  order.forEach((from, to) => {
    for (let row = 0; row < size; row++) vectors[row * size + to] = basis[from * size + row]!;
  });
  return { values, vectors };
}
