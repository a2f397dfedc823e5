import { inTurns } from './in-turns.ts';
import type { WordParts } from './word-parts.ts';

/** Pull of the n-grams' vectors towards zero, in words that occur once. */
const ridge = 1;
/** Twice as many change no figure of docs/words.md by more than .01. */
const rounds = 6;
/** Dimensions solved side by side: their values of an n-gram fill one cache line. */
const width = 16;

export interface FittedWords {
  dimensions: number;
  /** Row-major, words x dimensions. */
  vectors: Float32Array;
  /** Occurrences of each word. */
  counts: readonly number[];
  parts: WordParts;
}

/**
 * Vectors of the n-grams, row-major by their numbers, so that the mean of a word's n-grams is near its trained vector: the
 * Z that minimizes the sum over words of sqrt(count) |mean of its rows of Z - vector|^2, plus `ridge` |Z|^2. A bag of
 * subwords (Zhao, Mudgal and Liang 2018) that is a linear regression, solved by preconditioned conjugate gradients (Shewchuk
 * 1994, section 12). Lets other work in between; throws what `signal` says.
 */
export async function fitParts(words: FittedWords, signal?: AbortSignal): Promise<Float32Array> {
  const { dimensions, parts } = words;
  const fitted = new Float32Array(parts.buckets.length * dimensions);
  const weights = weightsOf(words);
  const diagonal = new Float32Array(parts.buckets.length).fill(ridge);
  parts.starts.subarray(1).forEach((end, word) => {
    for (let at = parts.starts[word]!; at < end; at++) diagonal[parts.numbers[at]!]! += weights.square[word]!;
  });
  for (let first = 0; first < dimensions; first += width) {
    const solved = await solve(words, weights, diagonal, first, signal);
    const kept = Math.min(width, dimensions - first);
    for (let number = 0; number < parts.buckets.length; number++) {
      fitted.set(solved.subarray(number * width, number * width + kept), number * dimensions + first);
    }
  }
  return fitted;
}

/** Weight of a word over the number m of its n-grams, which takes a sum to a mean: once, and twice. */
interface Weights {
  once: Float32Array;
  square: Float32Array;
}

function weightsOf({ counts, parts: { starts } }: FittedWords): Weights {
  const sizes = counts.map((_, word) => starts[word + 1]! - starts[word]!);
  const weigh = (power: number) =>
    Float32Array.from(sizes, (size, word) => (size === 0 ? 0 : Math.sqrt(counts[word]!) / size ** power));
  return { once: weigh(1), square: weigh(2) };
}

/** Columns `first` to `first + width` of Z. Past the last dimension they are zero. */
async function solve(
  words: FittedWords,
  weights: Weights,
  diagonal: Float32Array,
  first: number,
  signal?: AbortSignal,
): Promise<Float32Array> {
  const solution = new Float32Array(diagonal.length * width);
  const rest = await towards(words, weights, first, signal);
  const direction = rest.map((value, at) => value / diagonal[Math.floor(at / width)]!);
  let energy = columnProducts(rest, direction);
  for (let round = 0; round < rounds; round++) {
    const image = await imageOf(words, weights.square, direction, signal);
    const bends = columnProducts(direction, image);
    const lengths = energy.map((value, column) => (bends[column]! > 0 ? value / bends[column]! : 0));
    addColumns(solution, direction, lengths);
    addColumns(
      rest,
      image,
      lengths.map((length) => -length),
    );
    const next = columnSquares(rest, diagonal);
    const shares = next.map((value, column) => (energy[column]! > 0 ? value / energy[column]! : 0));
    turnColumns(direction, rest, diagonal, shares);
    energy = next;
  }
  return solution;
}

/** A' W V: what each n-gram hears from its words. */
async function towards(
  { vectors, dimensions, counts, parts }: FittedWords,
  { once }: Weights,
  first: number,
  signal?: AbortSignal,
) {
  const sums = new Float32Array(parts.buckets.length * width);
  const kept = Math.min(width, dimensions - first);
  for await (const [from, to] of inTurns(counts.length, costOf(parts), signal)) {
    for (let word = from; word < to; word++) {
      for (let at = parts.starts[word]!; at < parts.starts[word + 1]!; at++) {
        const sum = parts.numbers[at]! * width;
        for (let column = 0; column < kept; column++) {
          sums[sum + column]! += once[word]! * vectors[word * dimensions + first + column]!;
        }
      }
    }
  }
  return sums;
}

/** (A' W A + ridge) times `values`: each word adds up its n-grams, and gives all of them the weighted sum back. */
async function imageOf(
  { counts, parts }: FittedWords,
  square: Float32Array,
  values: Float32Array,
  signal?: AbortSignal,
) {
  const image = values.map((value) => ridge * value);
  const sum = new Float64Array(width);
  for await (const [from, to] of inTurns(counts.length, 2 * costOf(parts), signal)) {
    for (let word = from; word < to; word++) {
      sum.fill(0);
      const [start, end] = [parts.starts[word]!, parts.starts[word + 1]!];
      for (let at = start; at < end; at++) {
        const row = parts.numbers[at]! * width;
        for (let column = 0; column < width; column++) sum[column]! += values[row + column]!;
      }
      for (let column = 0; column < width; column++) sum[column]! *= square[word]!;
      for (let at = start; at < end; at++) {
        const row = parts.numbers[at]! * width;
        for (let column = 0; column < width; column++) image[row + column]! += sum[column]!;
      }
    }
  }
  return image;
}

/** Multiplications of a mean word in one pass. */
const costOf = ({ starts, numbers }: WordParts) => width * Math.ceil((numbers.length + 1) / (starts.length - 1));

/** Sum of products, column by column. */
function columnProducts(left: Float32Array, right: Float32Array): Float64Array {
  const sums = new Float64Array(width);
  for (let row = 0; row < left.length; row += width) {
    for (let column = 0; column < width; column++) sums[column]! += left[row + column]! * right[row + column]!;
  }
  return sums;
}

/** Sum of squares over the diagonal, column by column. */
function columnSquares(values: Float32Array, diagonal: Float32Array): Float64Array {
  const sums = new Float64Array(width);
  for (let row = 0; row < diagonal.length; row++) {
    for (let at = row * width, column = 0; column < width; at++, column++)
      sums[column]! += values[at]! ** 2 / diagonal[row]!;
  }
  return sums;
}

function addColumns(to: Float32Array, from: Float32Array, factors: Float64Array): void {
  for (let row = 0; row < to.length; row += width) {
    for (let column = 0; column < width; column++) to[row + column]! += factors[column]! * from[row + column]!;
  }
}

/** direction = rest / diagonal + shares * direction. */
function turnColumns(direction: Float32Array, rest: Float32Array, diagonal: Float32Array, shares: Float64Array): void {
  for (let row = 0; row < diagonal.length; row++) {
    for (let at = row * width, column = 0; column < width; at++, column++) {
      direction[at] = rest[at]! / diagonal[row]! + shares[column]! * direction[at]!;
    }
  }
}
