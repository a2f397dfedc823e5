import { KindredError } from '@kindred/contracts';
import { addQuantizedRow, type QuantizedRows } from './quantized-rows.ts';
import { splitSentence } from './split-sentence.ts';
import { bucketsOf, type SubwordParameters } from './subwords.ts';
import { addScaled, normalize, normalizedRows } from './unit-vectors.ts';

export interface WordModelParts {
  dimensions: number;
  /** By descending count. */
  words: readonly string[];
  /** Occurrences in the corpus; absent where a file did not tell them. */
  counts?: readonly number[];
  /** Row-major, words x dimensions. */
  vectors: Float32Array;
  subwords?: { parameters: SubwordParameters; rows: QuantizedRows };
}

export interface Neighbor {
  word: string;
  /** Cosine, -1 to 1. */
  similarity: number;
}

/** Word vectors and what they can be asked. */
export class WordModel {
  private readonly places: ReadonlyMap<string, number>;
  private units: Float32Array | undefined;

  constructor(readonly parts: WordModelParts) {
    this.places = new Map(parts.words.map((word, place) => [word, place]));
  }

  get dimensions(): number {
    return this.parts.dimensions;
  }

  /** Place of a word in the vocabulary. */
  placeOf(word: string): number | undefined {
    return this.places.get(word) ?? this.places.get(splitSentence(word).join(' '));
  }

  /** Vector of length 1; of an unknown word from its n-grams, where the model has such; all zeros never. */
  unitVector(word: string): Float32Array | undefined {
    const place = this.placeOf(word);
    if (place !== undefined) return this.unitRows().subarray(place * this.dimensions, (place + 1) * this.dimensions);
    return this.unknownVector(splitSentence(word).join(''));
  }

  /** The `top` words nearest to a word, itself left out. Throws WORD_NOT_FOUND on the field "word". */
  similar(word: string, top: number): Neighbor[] {
    return this.nearest(this.required(word, 'word'), top, [word]);
  }

  /** Words near `positive` and far from `negative`: king, woman / man (3CosAdd of Mikolov et al. 2013a). The named ones are left out. */
  analogy(positive: readonly string[], negative: readonly string[], top: number): Neighbor[] {
    const sum = new Float32Array(this.dimensions);
    positive.forEach((word, at) => void addScaled(sum, this.required(word, `positive[${at}]`), 1));
    negative.forEach((word, at) => void addScaled(sum, this.required(word, `negative[${at}]`), -1));
    return this.nearest(normalize(sum), top, [...positive, ...negative]);
  }

  /** The `top` words by cosine with a unit vector, among so many of the most frequent ones. */
  nearest(
    unit: Float32Array,
    top: number,
    except: readonly string[] = [],
    among = Number.POSITIVE_INFINITY,
  ): Neighbor[] {
    const { words } = this.parts;
    const last = Math.min(words.length, among);
    const units = this.unitRows();
    const left = new Set(except.map((word) => this.placeOf(word)));
    const best: Neighbor[] = [];
    for (let place = 0; place < last; place++) {
      let similarity = 0;
      const start = place * this.dimensions;
      for (let at = 0; at < unit.length; at++) similarity += unit[at]! * units[start + at]!;
      if ((best.length === top && similarity <= best.at(-1)!.similarity) || left.has(place)) continue;
      const before = best.findIndex((other) => other.similarity < similarity);
      best.splice(before === -1 ? best.length : before, 0, { word: words[place]!, similarity });
      if (best.length > top) best.pop();
    }
    return best;
  }

  /** Share of a word among all occurrences; by Zipf's law from its place where counts are unknown; 0 for unknown words. */
  shareOf(word: string): number {
    const place = this.placeOf(word);
    if (place === undefined) return 0;
    const { counts, words } = this.parts;
    if (!counts) return 1 / ((place + 1) * (Math.log(words.length) + 0.5772));
    this.total ??= counts.reduce((sum, count) => sum + count, 0);
    return counts[place]! / this.total;
  }

  private total: number | undefined;

  private unitRows(): Float32Array {
    this.units ??= normalizedRows(this.parts.vectors, this.dimensions);
    return this.units;
  }

  private required(word: string, field: string): Float32Array {
    const unit = this.unitVector(word);
    if (unit) return unit;
    const way = this.parts.subwords ? 'give a word with letters' : 'give a frequent word, or train with subwords';
    throw new KindredError('WORD_NOT_FOUND', field, `The model does not know the word "${word}"; ${way}`);
  }

  private unknownVector(word: string): Float32Array | undefined {
    const { subwords } = this.parts;
    if (!subwords || word === '') return undefined;
    const sum = new Float32Array(this.dimensions);
    for (const bucket of bucketsOf(word, subwords.parameters)) addQuantizedRow(subwords.rows, bucket, sum);
    return sum.some((value) => value !== 0) ? normalize(sum) : undefined;
  }
}
