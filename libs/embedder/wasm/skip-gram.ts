// AssemblyScript: the inner loop of skip-gram training, on memory that worker threads share. `npm run generate -w
// libs/embedder` compiles it to src/words/skip-gram-wasm.ts; a unit test holds it against plain TypeScript, bit by bit.

/** Fields of a worker's settings in memory, in bytes: as written by skip-gram-memory.ts. */
const INPUTS: usize = 0;
const OUTPUTS: usize = 4;
const STRIDE: usize = 8;
const WINDOW: usize = 12;
const NEGATIVES: usize = 16;
const WORDS: usize = 20;
const KEEP: usize = 24;
const ALIAS_LIMITS: usize = 28;
const ALIASES: usize = 32;
const SIGMOID: usize = 36;
const LOSSES: usize = 40;
const GRADIENT: usize = 44;
const KEPT: usize = 48;
const RANDOM: usize = 56;
const LOSS: usize = 64;
const SAMPLES: usize = 72;

/** Entries of the sigmoid and loss tables, over [-6, 6). */
const TABLE_SIZE: f32 = 4096;
const MOST: f32 = 6;

/** Knuth's MMIX generator; its high 32 bits are the number. */
@inline
function next(settings: usize): u32 {
  const state = load<u64>(settings, RANDOM) * 6364136223846793005 + 1442695040888963407;
  store<u64>(settings, state, RANDOM);
  return <u32>(state >> 32);
}

/** Evenly from 0 to below `bound`. */
@inline
function below(settings: usize, bound: u32): u32 {
  return <u32>((<u64>next(settings) * <u64>bound) >> 32);
}

/** A word by its count^0.75, by Walker's alias method. */
@inline
function negative(settings: usize): u32 {
  const word = below(settings, load<u32>(settings, WORDS));
  const stays = next(settings) < load<u32>(load<u32>(settings, ALIAS_LIMITS) + (word << 2));
  return stays ? word : load<u32>(load<u32>(settings, ALIASES) + (word << 2));
}

@inline
function dot(left: usize, right: usize, bytes: usize): f32 {
  let a = f32x4.splat(0);
  let b = f32x4.splat(0);
  let c = f32x4.splat(0);
  let d = f32x4.splat(0);
  const blocks = bytes & ~63;
  let at: usize = 0;
  for (; at < blocks; at += 64) {
    a = f32x4.add(a, f32x4.mul(v128.load(left + at), v128.load(right + at)));
    b = f32x4.add(b, f32x4.mul(v128.load(left + at, 16), v128.load(right + at, 16)));
    c = f32x4.add(c, f32x4.mul(v128.load(left + at, 32), v128.load(right + at, 32)));
    d = f32x4.add(d, f32x4.mul(v128.load(left + at, 48), v128.load(right + at, 48)));
  }
  for (; at < bytes; at += 16) a = f32x4.add(a, f32x4.mul(v128.load(left + at), v128.load(right + at)));
  const sum = f32x4.add(f32x4.add(a, b), f32x4.add(c, d));
  return (
    f32x4.extract_lane(sum, 0) +
    f32x4.extract_lane(sum, 1) +
    (f32x4.extract_lane(sum, 2) + f32x4.extract_lane(sum, 3))
  );
}

/** gradient += by * row; row += by * hidden: one pass over the row. */
@inline
function step(row: usize, hidden: usize, gradient: usize, bytes: usize, by: f32): void {
  const factor = f32x4.splat(by);
  const pairs = bytes & ~31;
  let at: usize = 0;
  for (; at < pairs; at += 32) {
    const first = v128.load(row + at);
    const second = v128.load(row + at, 16);
    v128.store(gradient + at, f32x4.add(v128.load(gradient + at), f32x4.mul(factor, first)));
    v128.store(gradient + at, f32x4.add(v128.load(gradient + at, 16), f32x4.mul(factor, second)), 16);
    v128.store(row + at, f32x4.add(first, f32x4.mul(factor, v128.load(hidden + at))));
    v128.store(row + at, f32x4.add(second, f32x4.mul(factor, v128.load(hidden + at, 16))), 16);
  }
  for (; at < bytes; at += 16) {
    const value = v128.load(row + at);
    v128.store(gradient + at, f32x4.add(v128.load(gradient + at), f32x4.mul(factor, value)));
    v128.store(row + at, f32x4.add(value, f32x4.mul(factor, v128.load(hidden + at))));
  }
}

@inline
function add(to: usize, from: usize, bytes: usize): void {
  for (let at: usize = 0; at < bytes; at += 16) {
    v128.store(to + at, f32x4.add(v128.load(to + at), v128.load(from + at)));
  }
}

/** One observed word against `NEGATIVES` drawn ones: their rows move, and the gradient of the hidden vector grows. */
function learn(settings: usize, hidden: usize, observed: u32, rate: f32): void {
  const bytes = <usize>load<u32>(settings, STRIDE) << 2;
  const outputs = <usize>load<u32>(settings, OUTPUTS);
  const gradient = <usize>load<u32>(settings, GRADIENT);
  const sigmoid = <usize>load<u32>(settings, SIGMOID);
  const losses = <usize>load<u32>(settings, LOSSES);
  const negatives = load<u32>(settings, NEGATIVES);
  let loss = load<f64>(settings, LOSS);
  for (let drawn: u32 = 0; drawn <= negatives; drawn++) {
    const word = drawn === 0 ? observed : negative(settings);
    if (drawn > 0 && word === observed) continue;
    const row = outputs + <usize>word * bytes;
    const value = dot(hidden, row, bytes);
    const clamped = min<f32>(max<f32>(value, -MOST), 5.9999);
    const entry = <u32>((clamped + MOST) * (TABLE_SIZE / 12));
    const label: f32 = drawn === 0 ? 1 : 0;
    const mirrored: u32 = 4095 - entry;
    loss += load<f32>(losses + ((drawn === 0 ? <usize>entry : <usize>mirrored) << 2));
    step(row, hidden, gradient, bytes, (label - load<f32>(sigmoid + (<usize>entry << 2))) * rate);
  }
  store<f64>(settings, loss, LOSS);
  store<f64>(settings, load<f64>(settings, SAMPLES) + 1, SAMPLES);
}

/**
 * The word at `position` and its neighbors from `from` to `to`: each neighbor learns the word, as in word2vec.c, so that one
 * row is not moved ten times on end.
 */
function learnWord(settings: usize, kept: usize, position: i32, from: i32, to: i32, rate: f32): void {
  const bytes = <usize>load<u32>(settings, STRIDE) << 2;
  const inputs = <usize>load<u32>(settings, INPUTS);
  const gradient = <usize>load<u32>(settings, GRADIENT);
  const word = load<u32>(kept + (<usize>position << 2));
  for (let other = from; other < to; other++) {
    if (other === position) continue;
    const row = inputs + <usize>load<u32>(kept + (<usize>other << 2)) * bytes;
    memory.fill(gradient, 0, bytes);
    learn(settings, row, word, rate);
    add(row, gradient, bytes);
  }
}

/** Words of a sentence that subsampling keeps. */
function keep(settings: usize, tokens: usize, end: usize): i32 {
  const limits = <usize>load<u32>(settings, KEEP);
  const kept = <usize>load<u32>(settings, KEPT);
  let count: i32 = 0;
  for (let at = tokens; at < end; at += 4) {
    const word = load<u32>(at);
    const limit = load<u32>(limits + (<usize>word << 2));
    if (limit !== 0xffffffff && next(settings) >= limit) continue;
    store<u32>(kept + (<usize>count << 2), word);
    count++;
  }
  return count;
}

/** Trains on `count` word numbers; sentences end at -1 or at the end. */
export function train(settings: usize, tokens: usize, count: i32, rate: f32): void {
  const window = load<u32>(settings, WINDOW);
  const kept = <usize>load<u32>(settings, KEPT);
  const last = tokens + (<usize>count << 2);
  for (let start = tokens; start < last; ) {
    let end = start;
    while (end < last && load<i32>(end) >= 0) end += 4;
    const words = keep(settings, start, end);
    for (let position: i32 = 0; position < words; position++) {
      const reach = <i32>(1 + below(settings, window));
      learnWord(settings, kept, position, max(0, position - reach), min(words, position + reach + 1), rate);
    }
    start = end + 4;
  }
}
