// AssemblyScript: where a factorization's time goes. `npm run generate -w libs/ranking` compiles it to
// src/factors/kernels-wasm.ts; unit tests hold it against plain TypeScript.

/**
 * sums = A'A for `size` rows of `width` 32-bit floats at `rows`; `width` is a multiple of 8. Only the lower triangle is wanted: tiles
 * of 4 x 8 cells that touch it are written. A tile's 8 accumulators and its 6 loads a row stay in registers.
 */
export function addUp(rows: usize, sums: usize, size: u32, width: u32): void {
  const bytes = <usize>width << 2;
  const end = rows + bytes * size;
  for (let row: u32 = 0; row < width; row += 4) {
    for (let column: u32 = 0; column <= row + 3; column += 8) tile(rows + (row << 2), rows + (column << 2), end + (row << 2), bytes, sums + <usize>row * bytes + (column << 2));
  }
}

@inline
function tile(left: usize, right: usize, end: usize, bytes: usize, out: usize): void {
  let a0 = f32x4.splat(0);
  let a1 = f32x4.splat(0);
  let b0 = f32x4.splat(0);
  let b1 = f32x4.splat(0);
  let c0 = f32x4.splat(0);
  let c1 = f32x4.splat(0);
  let d0 = f32x4.splat(0);
  let d1 = f32x4.splat(0);
  for (; left < end; left += bytes, right += bytes) {
    const x0 = v128.load(right);
    const x1 = v128.load(right, 16);
    const a = v128.load32_splat(left);
    a0 = f32x4.add(a0, f32x4.mul(a, x0));
    a1 = f32x4.add(a1, f32x4.mul(a, x1));
    const b = v128.load32_splat(left, 4);
    b0 = f32x4.add(b0, f32x4.mul(b, x0));
    b1 = f32x4.add(b1, f32x4.mul(b, x1));
    const c = v128.load32_splat(left, 8);
    c0 = f32x4.add(c0, f32x4.mul(c, x0));
    c1 = f32x4.add(c1, f32x4.mul(c, x1));
    const d = v128.load32_splat(left, 12);
    d0 = f32x4.add(d0, f32x4.mul(d, x0));
    d1 = f32x4.add(d1, f32x4.mul(d, x1));
  }
  v128.store(out, a0);
  v128.store(out, a1, 16);
  v128.store(out + bytes, b0);
  v128.store(out + bytes, b1, 16);
  v128.store(out + 2 * bytes, c0);
  v128.store(out + 2 * bytes, c1, 16);
  v128.store(out + 3 * bytes, d0);
  v128.store(out + 3 * bytes, d1, 16);
}

/**
 * products = rows x square, for `size` rows (a multiple of 4) of `width` 32-bit floats (a multiple of 8) and a square matrix
 * of that width.
 */
export function multiply(rows: usize, square: usize, products: usize, size: u32, width: u32): void {
  const bytes = <usize>width << 2;
  for (let row: u32 = 0; row < size; row += 4) {
    const left = rows + bytes * row;
    for (let at: usize = 0; at < bytes; at += 32) strip(left, square + at, bytes, products + bytes * row + at);
  }
}

@inline
function strip(left: usize, right: usize, bytes: usize, out: usize): void {
  let a0 = f32x4.splat(0);
  let a1 = f32x4.splat(0);
  let b0 = f32x4.splat(0);
  let b1 = f32x4.splat(0);
  let c0 = f32x4.splat(0);
  let c1 = f32x4.splat(0);
  let d0 = f32x4.splat(0);
  let d1 = f32x4.splat(0);
  const end = left + bytes;
  for (; left < end; left += 4, right += bytes) {
    const x0 = v128.load(right);
    const x1 = v128.load(right, 16);
    const a = v128.load32_splat(left);
    a0 = f32x4.add(a0, f32x4.mul(a, x0));
    a1 = f32x4.add(a1, f32x4.mul(a, x1));
    const b = v128.load32_splat(left + bytes);
    b0 = f32x4.add(b0, f32x4.mul(b, x0));
    b1 = f32x4.add(b1, f32x4.mul(b, x1));
    const c = v128.load32_splat(left + 2 * bytes);
    c0 = f32x4.add(c0, f32x4.mul(c, x0));
    c1 = f32x4.add(c1, f32x4.mul(c, x1));
    const d = v128.load32_splat(left + 3 * bytes);
    d0 = f32x4.add(d0, f32x4.mul(d, x0));
    d1 = f32x4.add(d1, f32x4.mul(d, x1));
  }
  v128.store(out, a0);
  v128.store(out, a1, 16);
  v128.store(out + bytes, b0);
  v128.store(out + bytes, b1, 16);
  v128.store(out + 2 * bytes, c0);
  v128.store(out + 2 * bytes, c1, 16);
  v128.store(out + 3 * bytes, d0);
  v128.store(out + 3 * bytes, d1, 16);
}

/**
 * Solves A x = b by Cholesky, in 64-bit floats: of A, size x size row by row, the lower triangle is given and overwritten by its
 * factor; b becomes x. False where A is not positive definite, or not finite.
 */
export function solve(matrix: usize, vector: usize, size: u32): bool {
  const bytes = <usize>size << 3;
  for (let row: u32 = 0; row < size; row++) {
    const start = matrix + bytes * row;
    for (let column: u32 = 0; column < row; column++) {
      const other = matrix + bytes * column;
      const at = <usize>column << 3;
      store<f64>(start + at, (load<f64>(start + at) - dot(start, other, column)) / load<f64>(other + at));
    }
    const diagonal = start + (<usize>row << 3);
    const pivot = load<f64>(diagonal) - dot(start, start, row);
    if (!(pivot > 0 && pivot < Infinity)) return false;
    store<f64>(diagonal, Math.sqrt(pivot));
    const at = vector + (<usize>row << 3);
    store<f64>(at, (load<f64>(at) - dot(start, vector, row)) / load<f64>(diagonal));
  }
  for (let row: i32 = <i32>size - 1; row >= 0; row--) {
    const start = matrix + bytes * row;
    const at = vector + (<usize>row << 3);
    const value = load<f64>(at) / load<f64>(start + (<usize>row << 3));
    store<f64>(at, value);
    for (let column: i32 = 0; column < row; column++) {
      const cell = <usize>column << 3;
      store<f64>(vector + cell, load<f64>(vector + cell) - load<f64>(start + cell) * value);
    }
  }
  return true;
}

@inline
function dot(left: usize, right: usize, size: u32): f64 {
  let a = f64x2.splat(0);
  let b = f64x2.splat(0);
  const end = left + (<usize>size << 3);
  for (; left + 32 <= end; left += 32, right += 32) {
    a = f64x2.add(a, f64x2.mul(v128.load(left), v128.load(right)));
    b = f64x2.add(b, f64x2.mul(v128.load(left, 16), v128.load(right, 16)));
  }
  const both = f64x2.add(a, b);
  let sum = f64x2.extract_lane(both, 0) + f64x2.extract_lane(both, 1);
  for (; left < end; left += 8, right += 8) sum += load<f64>(left) * load<f64>(right);
  return sum;
}
