import type { FeatureDamping } from './feature-damping.ts';
import { splitScripts } from './split-scripts.ts';
import type { StaticTable } from './static-table.ts';
import { type Contribution, type ContributionParameters, WordContributions } from './word-contributions.ts';
import { splitWords } from './word-piece.ts';

export interface VectorizerParameters extends ContributionParameters {
  /** Share of the cosine that the static part of Latin text takes, 0 to 1. */
  staticShare: number;
  /** A longer text is read up to here. In UTF-16 units. */
  longestText: number;
}

/**
 * Text to vector: a static word table beside hashed words and character n-grams. Latin text has both parts, each
 * L2-normalised; Hangul, Han, kana and other scripts have hashed features alone. Deterministic.
 */
export class TextVectorizer {
  readonly dimensions: number;
  private readonly contributions: WordContributions;

  constructor(
    table: StaticTable,
    damping: FeatureDamping,
    private readonly parameters: VectorizerParameters,
  ) {
    this.dimensions = parameters.staticDimensions + parameters.hashedDimensions;
    this.contributions = new WordContributions(table, damping, parameters);
  }

  /** Length 1; all zeros for a text without letters, digits and emoji. */
  vector(text: string): Float32Array {
    const { latin, others } = splitScripts(text.slice(0, this.parameters.longestText));
    const sum = new Float32Array(this.dimensions);
    this.contributions.forgetSome();
    this.addLatin(splitWords(latin), sum);
    if (others.length > 0) {
      const counted = this.counted(others, (part) => this.contributions.ofOther(part));
      for (const part of counted) addHashed(part, sum);
      forget(counted);
    }
    return stretch(sum, 1);
  }

  /** The hashed words set the mass; the static part takes its share of it. */
  private addLatin(words: readonly string[], sum: Float32Array): void {
    const { staticDimensions, staticShare } = this.parameters;
    const rows = sum.subarray(0, staticDimensions);
    const hashed = sum.subarray(staticDimensions);
    const counted = this.counted(words, (word) => this.contributions.ofWord(word));
    for (const word of counted) addHashed(word, hashed);
    const mass = length(hashed);
    if (mass > 0) for (const word of counted) addRow(word, rows);
    forget(counted);
    if (length(rows) === 0) return;
    stretch(rows, mass * Math.sqrt(staticShare));
    stretch(hashed, mass * Math.sqrt(1 - staticShare));
  }

  /** Each distinct part once, its occurrences in `count`. */
  private counted(parts: readonly string[], contributionOf: (part: string) => Contribution): Contribution[] {
    const found: Contribution[] = [];
    for (const part of parts) {
      const contribution = contributionOf(part);
      if (contribution.count++ === 0) found.push(contribution);
    }
    return found;
  }
}

function forget(counted: readonly Contribution[]): void {
  for (const contribution of counted) contribution.count = 0;
}

/** Sublinear: a word that occurs n times counts 1 + ln n times. */
function addHashed({ dimensions, values, count }: Contribution, sum: Float32Array): void {
  const factor = 1 + Math.log(count);
  for (let at = 0; at < dimensions.length; at++) sum[dimensions[at]!]! += factor * values[at]!;
}

function addRow({ row, count }: Contribution, sum: Float32Array): void {
  for (let at = 0; at < row.length; at++) sum[at]! += count * row[at]!;
}

function length(vector: Float32Array): number {
  let squares = 0;
  for (let at = 0; at < vector.length; at++) squares += vector[at]! * vector[at]!;
  return Math.sqrt(squares);
}

/** Stretches a vector in place to a length; leaves zeros alone. */
function stretch(vector: Float32Array, to: number): Float32Array {
  const from = length(vector);
  if (from === 0) return vector;
  const factor = to / from;
  for (let at = 0; at < vector.length; at++) vector[at]! *= factor;
  return vector;
}
