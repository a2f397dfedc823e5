import { setImmediate as breathe } from 'node:timers/promises';

export interface PrincipalDirection {
  /** Eigenvalue, above zero. */
  value: number;
  /** Of length 1, its sign arbitrary. */
  direction: Float64Array;
}

const mostSweeps = 40;
/** Cosine of two rows below which they are orthogonal. */
const orthogonal = 1e-9;
/** Share of the largest eigenvalue below which one is zero: squares of rows are carried along, with some rounding. */
const negligible = 1e-6;

/**
 * Eigenvectors of a symmetric matrix without negative eigenvalues (row-major, `size` x `size`), by one-sided Jacobi
 * rotations (Hestenes 1958): rows are turned in pairs until all are orthogonal; their lengths then are the eigenvalues.
 * Zero ones are left out. Lets other work in between; throws what `signal` says.
 */
export async function principalDirections(
  matrix: Float64Array,
  size: number,
  signal?: AbortSignal,
): Promise<PrincipalDirection[]> {
  const rows = Array.from({ length: size }, (_, row) => matrix.slice(row * size, (row + 1) * size));
  let squares = rows.map((row) => inner(row, row));
  const smallest = Math.max(...squares) * negligible ** 2;
  for (let sweep = 0, turned = true; turned && sweep < mostSweeps; sweep++) {
    turned = false;
    squares = rows.map((row) => inner(row, row));
    for (let left = 0; left < size; left++) {
      await breathe();
      signal?.throwIfAborted();
      for (let right = left + 1; right < size; right++) {
        turned = makeOrthogonal(rows, squares, left, right, smallest) || turned;
      }
    }
  }
  return rows.flatMap((row) => {
    const value = Math.sqrt(inner(row, row));
    if (!(value ** 2 > smallest)) return [];
    return [{ value, direction: row.map((entry) => entry / value) }];
  });
}

/** Whether two rows had to be turned. Those of next to no length are let be: their angle is rounding. */
function makeOrthogonal(rows: Float64Array[], squares: number[], left: number, right: number, smallest: number) {
  const [one, two, a, b] = [rows[left]!, rows[right]!, squares[left]!, squares[right]!];
  const product = inner(one, two);
  if (a <= smallest || b <= smallest || Math.abs(product) <= orthogonal * Math.sqrt(a * b)) return false;
  const slope = (b - a) / (2 * product);
  const tangent = (slope < 0 ? -1 : 1) / (Math.abs(slope) + Math.sqrt(1 + slope * slope));
  const cosine = 1 / Math.sqrt(1 + tangent * tangent);
  const sine = cosine * tangent;
  for (let at = 0; at < one.length; at++) {
    const x = one[at]!;
    const y = two[at]!;
    one[at] = cosine * x - sine * y;
    two[at] = sine * x + cosine * y;
  }
  squares[left] = a - tangent * product;
  squares[right] = b + tangent * product;
  return true;
}

function inner(left: Float64Array, right: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < left.length; at++) sum += left[at]! * right[at]!;
  return sum;
}
