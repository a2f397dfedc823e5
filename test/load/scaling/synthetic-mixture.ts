import { gaussian, seeded } from '../../support/random.ts';

export const dimensions = 384;
const clusters = 500;
/** Directions that a cluster's rows differ in, of a pool that all clusters draw from: like real texts, far fewer than dimensions. */
const [within, pool] = [24, 64];
const noise = 0.02;
/** Of an even distribution of variance one. */
const evenly = Math.sqrt(12);
const [wordCount, topicWords] = [50_000, 200];
/** Mandelbrot's shift: the words that a search leaves out are not among these. */
const shift = 20;
const leastWords = 8;
const mostWords = 20;
const queryWords = 4;

export interface MixtureRow {
  /** Of length one. */
  vector: Float32Array;
  text: string;
}

/**
 * Vectors of a mixture of flat Gaussians and texts of Zipf words, half of which are of the vector's own topic. A row depends on
 * its number alone, so a smaller set is the beginning of a larger one, and a query (a number below 0) is in none.
 */
export class SyntheticMixture {
  private readonly directions: Float32Array[];
  private readonly centers: Float32Array[];
  private readonly axes: number[][];
  private readonly clusterShares = cumulative(clusters, 5);
  private readonly wordShares = cumulative(wordCount, shift);
  private readonly topicShares = cumulative(topicWords, shift);

  constructor() {
    const random = seeded(1);
    const direction = () => unit(Float32Array.from({ length: dimensions }, () => gaussian(random)));
    this.directions = Array.from({ length: pool }, direction);
    this.centers = Array.from({ length: clusters }, direction);
    this.axes = this.centers.map(() => Array.from({ length: within }, () => Math.floor(random() * pool)));
  }

  row(number: number): MixtureRow {
    const random = seeded(0x5eed + number * 7_919);
    const cluster = drawn(this.clusterShares, random());
    const words = leastWords + Math.floor(random() * (mostWords - leastWords + 1));
    return { vector: this.vectorOf(cluster, random), text: this.textOf(cluster, words, random) };
  }

  query = (at: number): MixtureRow => {
    const { vector, text } = this.row(-1 - at);
    return { vector, text: text.split(' ').slice(0, queryWords).join(' ') };
  };

  private vectorOf(cluster: number, random: () => number): Float32Array {
    const vector = Float32Array.from(this.centers[cluster]!);
    for (const [at, axis] of this.axes[cluster]!.entries()) {
      const far = gaussian(random) / Math.sqrt(4 + at);
      const direction = this.directions[axis]!;
      for (let each = 0; each < dimensions; each++) vector[each]! += far * direction[each]!;
    }
    for (let each = 0; each < dimensions; each++) vector[each]! += noise * evenly * (random() - 0.5);
    return unit(vector);
  }

  private textOf(cluster: number, words: number, random: () => number): string {
    const drawnWord = () =>
      random() < 0.5
        ? drawn(this.wordShares, random())
        : (cluster * 7_919 + 31 * drawn(this.topicShares, random())) % wordCount;
    return Array.from({ length: words }, () => wordOf(drawnWord())).join(' ');
  }
}

const [consonants, vowels] = ['bdfgklmnprtvz', 'aiou'];
const syllables = consonants.length * vowels.length;

/** Three syllables, another word for each number; no stemming makes two of them one. */
function wordOf(number: number): string {
  let word = '';
  for (let rest = number, at = 0; at < 3; at++, rest = Math.floor(rest / syllables)) {
    const syllable = rest % syllables;
    word += consonants[syllable % consonants.length]! + vowels[Math.floor(syllable / consonants.length)]!;
  }
  return word;
}

/** Of ranks 1, 2, ...: shares that fall with the rank. */
function cumulative(count: number, offset: number): Float64Array {
  const sums = new Float64Array(count);
  let sum = 0;
  for (let rank = 0; rank < count; rank++) sums[rank] = sum += 1 / (rank + 1 + offset);
  return sums.map((each) => each / sum);
}

function drawn(shares: Float64Array, at: number): number {
  let [low, high] = [0, shares.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (shares[middle]! < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

function unit(vector: Float32Array): Float32Array {
  let squares = 0;
  for (const value of vector) squares += value * value;
  const length = Math.sqrt(squares);
  return vector.map((value) => value / length);
}
