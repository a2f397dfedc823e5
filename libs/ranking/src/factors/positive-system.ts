import { type Kernels, openKernels } from './kernels.ts';

/** A system of linear equations A x = b with a positive definite A, filled and solved again and again. */
export class PositiveSystem {
  /** The lower triangle of A is read: size x size for the size that is solved, row by row. Overwritten by its Cholesky factor. */
  readonly matrix: Float64Array;
  /** b, then x. */
  readonly vector: Float64Array;
  private readonly kernels: Kernels;

  constructor(readonly mostSize: number) {
    const matrixBytes = 8 * mostSize * mostSize;
    this.kernels = openKernels(matrixBytes + 8 * mostSize);
    this.matrix = new Float64Array(this.kernels.buffer, 0, mostSize * mostSize);
    this.vector = new Float64Array(this.kernels.buffer, matrixBytes, mostSize);
  }

  /** Throws RangeError where A is not positive definite (or not finite). */
  solve(size: number): void {
    if (this.kernels.solve(0, this.vector.byteOffset, size) === 0) {
      throw new RangeError('The matrix is not positive definite');
    }
  }
}
