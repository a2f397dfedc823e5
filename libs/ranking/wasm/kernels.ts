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

/**
 * out += H'C H p for the factors H of `size` entries (a multiple of 4), rows of `width` 32-bit floats (a multiple of 8), and their
 * confidences C. Four rows at a time: p and out are read once for them.
 */
export function apply(rows: usize, confidences: usize, size: u32, p: usize, out: usize, width: u32): void {
  const bytes = <usize>width << 2;
  for (let row: u32 = 0; row < size; row += 4, rows += bytes << 2, confidences += 16) {
    const products = dots(rows, rows + bytes, rows + 2 * bytes, rows + 3 * bytes, p, bytes);
    addFour(rows, f32x4.mul(products, v128.load(confidences)), out, bytes);
  }
}

/** out += sum of the rows by their shares: `size` (a multiple of 4) rows as in `apply`. */
export function combine(rows: usize, shares: usize, size: u32, out: usize, width: u32): void {
  const bytes = <usize>width << 2;
  for (let row: u32 = 0; row < size; row += 4, rows += bytes << 2, shares += 16) addFour(rows, v128.load(shares), out, bytes);
}

/** out = H p for the rows of which the numbers, `size` of 32 bits (a multiple of 4), are at `items`; rows as in `apply`. */
export function score(rows: usize, items: usize, size: u32, p: usize, out: usize, width: u32): void {
  const bytes = <usize>width << 2;
  for (let at: u32 = 0; at < size; at += 4, items += 16, out += 16) {
    const third = rows + bytes * load<u32>(items, 8);
    const fourth = rows + bytes * load<u32>(items, 12);
    v128.store(out, dots(rows + bytes * load<u32>(items), rows + bytes * load<u32>(items, 4), third, fourth, p, bytes));
  }
}

@inline
function dots(first: usize, second: usize, third: usize, fourth: usize, p: usize, bytes: usize): v128 {
  let a = f32x4.splat(0);
  let b = f32x4.splat(0);
  let c = f32x4.splat(0);
  let d = f32x4.splat(0);
  for (let at: usize = 0; at < bytes; at += 16) {
    const x = v128.load(p + at);
    a = f32x4.add(a, f32x4.mul(x, v128.load(first + at)));
    b = f32x4.add(b, f32x4.mul(x, v128.load(second + at)));
    c = f32x4.add(c, f32x4.mul(x, v128.load(third + at)));
    d = f32x4.add(d, f32x4.mul(x, v128.load(fourth + at)));
  }
  const left = f32x4.add(v128.shuffle<f32>(a, b, 0, 1, 4, 5), v128.shuffle<f32>(a, b, 2, 3, 6, 7));
  const right = f32x4.add(v128.shuffle<f32>(c, d, 0, 1, 4, 5), v128.shuffle<f32>(c, d, 2, 3, 6, 7));
  return f32x4.add(v128.shuffle<f32>(left, right, 0, 2, 4, 6), v128.shuffle<f32>(left, right, 1, 3, 5, 7));
}

/**
 * Bounds of inner products that are stood for by Q p, for `size` rows Q (a multiple of 4) of `width` 8-bit integers (a multiple of 8)
 * and as many 16-bit integers p: unit scales (Q p) -+ slack slacks. At `sides` are the rows' scales, `step` bytes on their slacks,
 * and behind these, as far from each other, the lower and the upper bounds that are written; all in 32-bit floats.
 */
export function bound(rows: usize, size: u32, p: usize, sides: usize, step: usize, width: u32, unit: f32, slack: f32): void {
  const units = f32x4.splat(unit);
  const slacks = f32x4.splat(slack);
  for (let row: u32 = 0; row < size; row += 4, rows += <usize>width << 2, sides += 16) {
    const sums = f32x4.convert_i32x4_s(wholeDots(rows, p, width));
    const middle = f32x4.mul(units, f32x4.mul(v128.load(sides), sums));
    const wide = f32x4.mul(slacks, v128.load(sides + step));
    v128.store(sides + 2 * step, f32x4.sub(middle, wide));
    v128.store(sides + 3 * step, f32x4.add(middle, wide));
  }
}

@inline
function wholeDots(rows: usize, p: usize, width: usize): v128 {
  let a = i32x4.splat(0);
  let b = i32x4.splat(0);
  let c = i32x4.splat(0);
  let d = i32x4.splat(0);
  const end = rows + width;
  for (; rows < end; rows += 8, p += 16) {
    const x = v128.load(p);
    a = i32x4.add(a, i32x4.dot_i16x8_s(x, v128.load8x8_s(rows)));
    b = i32x4.add(b, i32x4.dot_i16x8_s(x, v128.load8x8_s(rows + width)));
    c = i32x4.add(c, i32x4.dot_i16x8_s(x, v128.load8x8_s(rows + 2 * width)));
    d = i32x4.add(d, i32x4.dot_i16x8_s(x, v128.load8x8_s(rows + 3 * width)));
  }
  const left = i32x4.add(v128.shuffle<i32>(a, b, 0, 1, 4, 5), v128.shuffle<i32>(a, b, 2, 3, 6, 7));
  const right = i32x4.add(v128.shuffle<i32>(c, d, 0, 1, 4, 5), v128.shuffle<i32>(c, d, 2, 3, 6, 7));
  return i32x4.add(v128.shuffle<i32>(left, right, 0, 2, 4, 6), v128.shuffle<i32>(left, right, 1, 3, 5, 7));
}

@inline
function addFour(rows: usize, shares: v128, out: usize, bytes: usize): void {
  const second = rows + bytes;
  const third = second + bytes;
  const fourth = third + bytes;
  const a = v128.shuffle<f32>(shares, shares, 0, 0, 0, 0);
  const b = v128.shuffle<f32>(shares, shares, 1, 1, 1, 1);
  const c = v128.shuffle<f32>(shares, shares, 2, 2, 2, 2);
  const d = v128.shuffle<f32>(shares, shares, 3, 3, 3, 3);
  for (let at: usize = 0; at < bytes; at += 16) {
    const left = f32x4.add(f32x4.mul(a, v128.load(rows + at)), f32x4.mul(b, v128.load(second + at)));
    const right = f32x4.add(f32x4.mul(c, v128.load(third + at)), f32x4.mul(d, v128.load(fourth + at)));
    v128.store(out + at, f32x4.add(v128.load(out + at), f32x4.add(left, right)));
  }
}

/**
 * Begins conjugate gradients for (M + H'CH) x = b with x = 0: `state` holds, `width` 32-bit floats each, b, the prior's diagonal
 * M (above 0), then p, x, the residual r and M p + (what `apply` adds), which are written. Preconditioned by M. Returns b'M^-1 b.
 */
export function begin(state: usize, width: u32): f32 {
  const bytes = <usize>width << 2;
  let sum = f32x4.splat(0);
  for (let b = state; b < state + bytes; b += 16) {
    const given = v128.load(b);
    const p = f32x4.div(given, v128.load(b + bytes));
    sum = f32x4.add(sum, f32x4.mul(given, p));
    v128.store(b + 2 * bytes, p);
    v128.store(b + 3 * bytes, f32x4.splat(0));
    v128.store(b + 4 * bytes, given);
    v128.store(b + 5 * bytes, given);
  }
  return total(sum);
}

/** One step, once `apply` has added all entries. `size`: r'M^-1 r as it was. Returns what it is now. */
export function step(state: usize, width: u32, size: f32): f32 {
  const bytes = <usize>width << 2;
  let sum = f32x4.splat(0);
  const diagonal = state + bytes;
  for (let at = diagonal; at < diagonal + bytes; at += 16) {
    sum = f32x4.add(sum, f32x4.mul(v128.load(at + bytes), v128.load(at + 4 * bytes)));
  }
  const length = f32x4.splat(size / total(sum));
  sum = f32x4.splat(0);
  for (let at = diagonal; at < diagonal + bytes; at += 16) {
    const x = at + 2 * bytes;
    const r = at + 3 * bytes;
    v128.store(x, f32x4.add(v128.load(x), f32x4.mul(length, v128.load(at + bytes))));
    const left = f32x4.sub(v128.load(r), f32x4.mul(length, v128.load(at + 4 * bytes)));
    v128.store(r, left);
    const z = f32x4.div(left, v128.load(at));
    v128.store(at + 4 * bytes, z);
    sum = f32x4.add(sum, f32x4.mul(left, z));
  }
  const next = total(sum);
  const keep = f32x4.splat(next / size);
  for (let at = diagonal; at < diagonal + bytes; at += 16) {
    const p = f32x4.add(v128.load(at + 4 * bytes), f32x4.mul(keep, v128.load(at + bytes)));
    v128.store(at + bytes, p);
    v128.store(at + 4 * bytes, f32x4.mul(p, v128.load(at)));
  }
  return next;
}

@inline
function total(sum: v128): f32 {
  return f32x4.extract_lane(sum, 0) + f32x4.extract_lane(sum, 1) + (f32x4.extract_lane(sum, 2) + f32x4.extract_lane(sum, 3));
}
