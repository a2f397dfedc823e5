import type { FeatureDamping } from './feature-damping.ts';
import { splitScripts } from './split-scripts.ts';
import type { StaticTable } from './static-table.ts';
import { type ContributionParameters, WordContributions } from './word-contributions.ts';
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
  /** Distinct parts of the text at hand. */
  private found: number[] = [];

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
    if (others.length > 0) this.addOthers(others, sum);
    const total = length(sum, 0, this.dimensions);
    if (total > 0) multiply(sum, 1 / total, 0, this.dimensions);
    return sum;
  }

  /** The hashed words set the mass; the static part takes its share of it. */
  private addLatin(words: readonly string[], sum: Float32Array): void {
    const { contributions, found } = this;
    const { staticDimensions, staticShare } = this.parameters;
    for (const word of words) this.count(contributions.ofWord(word));
    const { counts } = contributions;
    for (const part of found) contributions.addHashed(part, 1 + Math.log(counts[part]!), sum, staticDimensions);
    const mass = length(sum, staticDimensions, this.dimensions);
    if (mass > 0) for (const part of found) contributions.addRow(part, counts[part]!, sum);
    this.forget();
    const rows = length(sum, 0, staticDimensions);
    if (rows === 0) return;
    multiply(sum, (mass * Math.sqrt(staticShare)) / rows, 0, staticDimensions);
    multiply(sum, (mass * Math.sqrt(1 - staticShare)) / mass, staticDimensions, this.dimensions);
  }

  private addOthers(others: readonly string[], sum: Float32Array): void {
    const { contributions, found } = this;
    for (const part of others) this.count(contributions.ofOther(part));
    const { counts } = contributions;
    for (const part of found) contributions.addHashed(part, 1 + Math.log(counts[part]!), sum, 0);
    this.forget();
  }

  private count(part: number): void {
    const { counts } = this.contributions;
    if (counts[part]! === 0) this.found.push(part);
    counts[part]!++;
  }

  private forget(): void {
    const { counts } = this.contributions;
    for (const part of this.found) counts[part] = 0;
    this.found.length = 0;
  }
}

function length(vector: Float32Array, start: number, end: number): number {
  let squares = 0;
  for (let at = start; at < end; at++) squares += vector[at]! * vector[at]!;
  return Math.sqrt(squares);
}

function multiply(vector: Float32Array, factor: number, start: number, end: number): void {
  for (let at = start; at < end; at++) vector[at]! *= factor;
}
