import { splitSentence } from './split-sentence.ts';
import { withoutParticle } from './without-particle.ts';
import type { WordModel } from './word-model.ts';

export interface ExpansionOptions {
  /** Words added for each word of the query at most. */
  perWord: number;
  /** Less similar words are not added. Cosine, -1 to 1. */
  minSimilarity: number;
  /** Only so many of the most frequent words are added; bounds what a query costs. Default: all may be. */
  among?: number;
  /** Words of the query that are widened, from its first one on. Default: all. */
  mostAsked?: number;
  /** Words it says no to take up no place. */
  passes?(word: string): boolean;
}

export interface ExtraWord {
  word: string;
  /** Its similarity to the nearest word of the query: what it may count beside one that was asked for, 0-1. */
  weight: number;
}

/** Neighbors looked at for each one added: the nearest of a Korean noun are often the noun itself with other particles. */
const candidatesPerWord = 8;

/**
 * Words that the query does not name but that stand where its words stand, by descending weight. Korean nouns count without
 * their particles: 영화를 is no other word than 영화.
 */
export function expandQuery(text: string, model: WordModel, options: ExpansionOptions): ExtraWord[] {
  const asked = new Set(splitSentence(text).map((word) => withoutParticle(word, model)));
  const weights = new Map<string, number>();
  for (const word of [...asked].slice(0, options.mostAsked)) {
    for (const [extra, similarity] of neighborsOf(word, model, asked, options)) {
      weights.set(extra, Math.min(1, Math.max(similarity, weights.get(extra) ?? 0)));
    }
  }
  return [...weights].map(([word, weight]) => ({ word, weight })).sort((left, right) => right.weight - left.weight);
}

/** The nearest words and their similarities, at most `perWord`, each once. */
function neighborsOf(
  word: string,
  model: WordModel,
  asked: ReadonlySet<string>,
  { perWord, minSimilarity, among, passes }: ExpansionOptions,
): Map<string, number> {
  const near = new Map<string, number>();
  const unit = model.unitVector(word);
  if (!unit) return near;
  // As many more as the query has words: those are passed over.
  for (const neighbor of model.nearest(unit, perWord * candidatesPerWord + asked.size, [], among)) {
    const { similarity } = neighbor;
    if (near.size === perWord || similarity < minSimilarity || similarity <= 0) break;
    const extra = withoutParticle(neighbor.word, model);
    if (!asked.has(extra) && !near.has(extra) && (passes?.(extra) ?? true)) near.set(extra, similarity);
  }
  return near;
}
