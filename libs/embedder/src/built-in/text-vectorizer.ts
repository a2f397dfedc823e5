import type { FeatureDamping } from './feature-damping.ts';
import { type FeatureParameters, featuresOf, hashFeature } from './hashed-features.ts';
import { splitScripts } from './split-scripts.ts';
import { addRow, type StaticTable } from './static-table.ts';
import { splitWords, WordPieceTokenizer } from './word-piece.ts';

export interface VectorizerParameters {
  /** First dimensions: the static table's rows, cut to this length. */
  staticDimensions: number;
  /** Dimensions after them: hashed features of Latin words. Features of other scripts are hashed over all dimensions. */
  hashedDimensions: number;
  /** Share of the cosine that the static part of Latin text takes, 0 to 1. */
  staticShare: number;
  /** Dimensions each feature is hashed to. */
  probes: number;
  features: FeatureParameters;
  /** A longer text is read up to here. In UTF-16 units. */
  longestText: number;
}

/** Signed contribution of one word or run to the hashed dimensions. */
interface Contribution {
  dimensions: Uint16Array;
  values: Float32Array;
}

const rememberedParts = 32_768;
const longestRemembered = 32;
const letterOrDigit = /[\p{L}\p{N}]/u;

/**
 * Text to vector: a static word table beside hashed words and character n-grams. Latin text has both parts, each
 * L2-normalised; Hangul, Han, kana and other scripts have hashed features alone. Deterministic.
 */
export class TextVectorizer {
  readonly dimensions: number;
  private readonly tokenizer: WordPieceTokenizer;
  private readonly remembered = new Map<string, Contribution>();

  constructor(
    private readonly table: StaticTable,
    private readonly damping: FeatureDamping,
    private readonly parameters: VectorizerParameters,
  ) {
    this.dimensions = parameters.staticDimensions + parameters.hashedDimensions;
    this.tokenizer = new WordPieceTokenizer(table.vocabulary, table.unknown);
  }

  /** Length 1; all zeros for a text without letters, digits and emoji. */
  vector(text: string): Float32Array {
    const { latin, others } = splitScripts(text.slice(0, this.parameters.longestText));
    const sum = new Float32Array(this.dimensions);
    const words = splitWords(latin);
    const hashed = sum.subarray(this.parameters.staticDimensions);
    this.addHashed(words.filter(isWord), hashed, hashed.length);
    const mass = length(hashed);
    if (mass > 0) this.addStatic(words, sum, mass);
    this.addHashed(others, sum, this.dimensions);
    return scale(sum, 1);
  }

  /** Gives the static part its share of the Latin text's mass, which the hashed words have set. */
  private addStatic(words: readonly string[], sum: Float32Array, mass: number): void {
    const { staticDimensions, staticShare } = this.parameters;
    const part = sum.subarray(0, staticDimensions);
    for (const word of words) {
      for (const token of this.tokenizer.tokensOf(word)) addRow(this.table, token, part);
    }
    if (length(part) === 0) return;
    scale(part, mass * Math.sqrt(staticShare));
    scale(sum.subarray(staticDimensions), mass * Math.sqrt(1 - staticShare));
  }

  /** Sublinear: a word that occurs n times counts 1 + ln n times. */
  private addHashed(parts: readonly string[], sum: Float32Array, range: number): void {
    const counts = new Map<string, number>();
    for (const part of parts) counts.set(part, (counts.get(part) ?? 0) + 1);
    for (const [part, count] of counts) {
      const { dimensions, values } = this.contribution(part, range);
      const factor = 1 + Math.log(count);
      for (let at = 0; at < dimensions.length; at++) sum[dimensions[at]!]! += factor * values[at]!;
    }
  }

  // A part's script decides its range, so the part alone is the key.
  private contribution(part: string, range: number): Contribution {
    const known = this.remembered.get(part);
    if (known) return known;
    const contribution = this.hash(part, range);
    if (part.length <= longestRemembered && this.remembered.size < rememberedParts) {
      this.remembered.set(part, contribution);
    }
    return contribution;
  }

  private hash(part: string, range: number): Contribution {
    const values = new Map<number, number>();
    for (const { text, weight } of featuresOf(part, this.parameters.features)) {
      const damped = weight * (this.damping.get(hashFeature(text)) ?? 1);
      for (let probe = 1; probe <= this.parameters.probes; probe++) {
        const hash = hashFeature(text, probe);
        const dimension = (hash & 0x7fffffff) % range;
        values.set(dimension, (values.get(dimension) ?? 0) + (hash >>> 31 ? -damped : damped));
      }
    }
    return { dimensions: Uint16Array.from(values.keys()), values: Float32Array.from(values.values()) };
  }
}

const isWord = (word: string): boolean => letterOrDigit.test(word);

function length(vector: Float32Array): number {
  let squares = 0;
  for (let at = 0; at < vector.length; at++) squares += vector[at]! * vector[at]!;
  return Math.sqrt(squares);
}

/** Stretches a vector in place to a length; leaves zeros alone. */
function scale(vector: Float32Array, to: number): Float32Array {
  const from = length(vector);
  if (from === 0) return vector;
  const factor = to / from;
  for (let at = 0; at < vector.length; at++) vector[at] = vector[at]! * factor;
  return vector;
}
