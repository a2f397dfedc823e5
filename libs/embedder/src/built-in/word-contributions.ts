import type { FeatureDamping } from './feature-damping.ts';
import { type FeatureParameters, featuresOf, hashFeature } from './hashed-features.ts';
import { addRow, type StaticTable } from './static-table.ts';
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

/** What one word, punctuation mark or run adds to a vector. */
export interface Contribution {
  /** Sum of the rows of a Latin word's tokens; empty for other scripts. */
  row: Float32Array;
  /** Hashed features: dimensions from the start of their range, and signed values. None for punctuation. */
  dimensions: Uint16Array;
  values: Float32Array;
  /** Occurrences in the text at hand; 0 between texts. */
  count: number;
}

const rememberedParts = 32_768;
const rememberedCharacters = 1_048_576;
const letterOrDigit = /[\p{L}\p{N}]/u;
const noRow = new Float32Array();

/** Contributions by word, computed once and remembered, in bounded memory. Deterministic. */
export class WordContributions {
  private readonly tokenizer: WordPieceTokenizer;
  private readonly known = new Map<string, Contribution>();
  private characters = 0;
  /** Of the part at hand; not a number where it has none. */
  private readonly sums: Float64Array;
  private readonly touched: Uint16Array;

  constructor(
    private readonly table: StaticTable,
    private readonly damping: FeatureDamping,
    private readonly parameters: ContributionParameters,
  ) {
    this.tokenizer = new WordPieceTokenizer(table.vocabulary, table.unknown);
    const dimensions = parameters.staticDimensions + parameters.hashedDimensions;
    this.sums = new Float64Array(dimensions).fill(Number.NaN);
    this.touched = new Uint16Array(dimensions);
  }

  /** To be called between texts, so that one text sees one contribution per word. */
  forgetSome(): void {
    if (this.known.size < rememberedParts && this.characters < rememberedCharacters) return;
    this.known.clear();
    this.characters = 0;
  }

  ofWord(word: string): Contribution {
    return this.known.get(word) ?? this.remember(word, this.wordContribution(word));
  }

  /** Of a run of another script or an emoji. Its script tells it from a word, so both share one memory. */
  ofOther(part: string): Contribution {
    return this.known.get(part) ?? this.remember(part, this.hashed(part, this.sums.length, noRow));
  }

  private remember(part: string, contribution: Contribution): Contribution {
    // A copy: a part cut from a text would keep the whole text in memory.
    this.known.set(Buffer.from(part, 'utf16le').toString('utf16le'), contribution);
    this.characters += part.length;
    return contribution;
  }

  private wordContribution(word: string): Contribution {
    const row = new Float32Array(this.parameters.staticDimensions);
    for (const token of this.tokenizer.tokensOf(word)) addRow(this.table, token, row);
    if (letterOrDigit.test(word)) return this.hashed(word, this.parameters.hashedDimensions, row);
    return { row, dimensions: new Uint16Array(), values: noRow, count: 0 };
  }

  private hashed(part: string, range: number, row: Float32Array): Contribution {
    const { sums, touched } = this;
    const { probes, features } = this.parameters;
    let size = 0;
    for (const { text, weight } of featuresOf(part, features)) {
      const damped = weight * (this.damping.get(hashFeature(text)) ?? 1);
      for (let probe = 1; probe <= probes; probe++) {
        const hash = hashFeature(text, probe);
        const dimension = (hash & 0x7fffffff) % range;
        if (Number.isNaN(sums[dimension])) {
          sums[dimension] = 0;
          touched[size++] = dimension;
        }
        sums[dimension]! += hash >>> 31 ? -damped : damped;
      }
    }
    const dimensions = touched.slice(0, size);
    const values = new Float32Array(size);
    for (let at = 0; at < size; at++) {
      values[at] = sums[dimensions[at]!]!;
      sums[dimensions[at]!] = Number.NaN;
    }
    return { row, dimensions, values, count: 0 };
  }
}
