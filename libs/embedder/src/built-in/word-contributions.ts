import type { FeatureDamping } from './feature-damping.ts';
import { type FeatureParameters, hashFeature, visitFeatures } from './hashed-features.ts';
import { addRow, addTimes, type StaticTable } from './static-table.ts';
import { WordPieceTokenizer } from './word-piece.ts';

export interface ContributionParameters {
  /** First dimensions: the static table's rows, cut to this length. */
  staticDimensions: number;
  /** Dimensions after them: hashed features of Latin words. Features of other scripts are hashed over all dimensions. */
  hashedDimensions: number;
  /** Dimensions each feature is hashed to. */
  probes: number;
  features: FeatureParameters;
}

const rememberedParts = 32_768;
const rememberedCharacters = 1_048_576;
/** V8 copies shorter parts out of a text; a longer one would keep the whole text in memory. */
const shortestSlice = 13;
const letterOrDigit = /[\p{L}\p{N}]/u;

/**
 * What words, punctuation marks and runs add to a vector: computed once, remembered by number in bounded memory. All parts
 * share a few arrays, since objects with arrays of their own took longer to reach than to add up. Deterministic.
 */
export class WordContributions {
  /** Occurrences in the text at hand, by part; 0 between texts. */
  counts = new Uint32Array(4_096);
  private readonly tokenizer: WordPieceTokenizer;
  private readonly words = new Map<string, number>();
  private readonly others = new Map<string, number>();
  private size = 0;
  private characters = 0;
  /** By part, where its tokens and its hashed features end; those of the part before end where they begin. */
  private tokenEnds = new Uint32Array(4_096);
  private featureEnds = new Uint32Array(4_096);
  private tokens = new Uint32Array(8_192);
  /** Hashed features: dimensions from the start of their range, and signed values. None for punctuation. */
  private dimensions = new Uint16Array(65_536);
  private values = new Float32Array(65_536);
  /** Of the part at hand; not a number where it has none. */
  private readonly sums: Float64Array;
  private readonly touched: Uint16Array;
  private touchedCount = 0;
  private range = 0;
  /** Of the word at hand. */
  private readonly row: Float32Array;

  constructor(
    private readonly table: StaticTable,
    private readonly damping: FeatureDamping,
    private readonly parameters: ContributionParameters,
  ) {
    this.tokenizer = new WordPieceTokenizer(table.vocabulary, table.unknown);
    const dimensions = parameters.staticDimensions + parameters.hashedDimensions;
    this.sums = new Float64Array(dimensions).fill(Number.NaN);
    this.touched = new Uint16Array(dimensions);
    this.row = new Float32Array(parameters.staticDimensions);
  }

  /** To be called between texts, so that one text sees one number per part. */
  forgetSome(): void {
    if (this.size < rememberedParts && this.characters < rememberedCharacters) return;
    this.words.clear();
    this.others.clear();
    this.size = 0;
    this.characters = 0;
  }

  ofWord(word: string): number {
    return this.words.get(word) ?? this.rememberWord(word);
  }

  /** Of a run of another script or an emoji. */
  ofOther(part: string): number {
    return this.others.get(part) ?? this.remember(this.others, part, [], this.sums.length);
  }

  /** Adds hashed features, whose first dimension is `offset` of `sum`. */
  addHashed(part: number, factor: number, sum: Float32Array, offset: number): void {
    const { dimensions, values } = this;
    const end = this.featureEnds[part]!;
    for (let at = startOf(part, this.featureEnds); at < end; at++) {
      sum[offset + dimensions[at]!]! += factor * values[at]!;
    }
  }

  /** Adds the sum of the rows of a Latin word's tokens to the first dimensions, `factor` times. */
  addRow(part: number, factor: number, sum: Float32Array): void {
    const { row, table, tokens } = this;
    const start = startOf(part, this.tokenEnds);
    const end = this.tokenEnds[part]!;
    if (end - start === 1) {
      addTimes(table, tokens[start]!, factor, sum, row.length);
      return;
    }
    row.fill(0);
    for (let at = start; at < end; at++) addRow(table, tokens[at]!, row);
    for (let at = 0; at < row.length; at++) sum[at]! += factor * row[at]!;
  }

  private rememberWord(word: string): number {
    const range = letterOrDigit.test(word) ? this.parameters.hashedDimensions : 0;
    return this.remember(this.words, word, this.tokenizer.tokensOf(word), range);
  }

  private remember(known: Map<string, number>, text: string, tokens: readonly number[], range: number): number {
    const part = this.size++;
    this.counts = roomFor(part + 1, this.counts);
    this.tokenEnds = roomFor(part + 1, this.tokenEnds);
    this.featureEnds = roomFor(part + 1, this.featureEnds);
    this.keepTokens(part, tokens);
    this.range = range;
    this.touchedCount = 0;
    if (range > 0) visitFeatures(text, this.parameters.features, this.sumFeature);
    this.keepFeatures(part);
    known.set(text.length < shortestSlice ? text : Buffer.from(text, 'utf16le').toString('utf16le'), part);
    this.characters += text.length;
    return part;
  }

  private keepTokens(part: number, tokens: readonly number[]): void {
    const start = startOf(part, this.tokenEnds);
    const end = start + tokens.length;
    this.tokens = roomFor(end, this.tokens);
    this.tokens.set(tokens, start);
    this.tokenEnds[part] = end;
  }

  private readonly sumFeature = (text: string, start: number, end: number, weight: number): void => {
    const { sums, range } = this;
    const { probes } = this.parameters;
    const damped = weight * (this.damping.get(hashFeature(text, 0, start, end)) ?? 1);
    for (let probe = 1; probe <= probes; probe++) {
      const hash = hashFeature(text, probe, start, end);
      const dimension = (hash & 0x7fffffff) % range;
      if (Number.isNaN(sums[dimension])) {
        sums[dimension] = 0;
        this.touched[this.touchedCount++] = dimension;
      }
      sums[dimension]! += hash >>> 31 ? -damped : damped;
    }
  };

  private keepFeatures(part: number): void {
    const { sums, touched } = this;
    const start = startOf(part, this.featureEnds);
    const end = start + this.touchedCount;
    this.dimensions = roomFor(end, this.dimensions);
    this.values = roomFor(end, this.values);
    for (let at = start; at < end; at++) {
      const dimension = touched[at - start]!;
      this.dimensions[at] = dimension;
      this.values[at] = sums[dimension]!;
      sums[dimension] = Number.NaN;
    }
    this.featureEnds[part] = end;
  }
}

const startOf = (part: number, ends: Uint32Array): number => (part === 0 ? 0 : ends[part - 1]!);

/** The array itself where it is long enough, else one at least twice as long that begins with its values. */
function roomFor<T extends Uint16Array | Uint32Array | Float32Array>(length: number, array: T): T {
  if (length <= array.length) return array;
  const longer = new (array.constructor as new (length: number) => T)(Math.max(length, 2 * array.length));
  longer.set(array);
  return longer;
}
