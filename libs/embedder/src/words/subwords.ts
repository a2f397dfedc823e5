import { hashFeature } from '../built-in/hashed-features.ts';
import { hasHangul, toJamo } from './hangul-jamo.ts';

/** Which parts of a word have vectors of their own. */
export interface SubwordParameters {
  /** Vectors that the n-grams share by their hash. 1 to 2^22. */
  buckets: number;
  /** Lengths of the n-grams of characters, boundaries "<" and ">" included, of words without Hangul. */
  shortest: number;
  longest: number;
  /** Those of the n-grams of jamo, boundaries included, and the longest of syllables, of words with Hangul. */
  shortestJamo: number;
  longestJamo: number;
  longestSyllables: number;
}

/**
 * 3 to 6 as Bojanowski et al. 2017, section 4.4. Syllables beside jamo as Park et al. 2018, "Subword-level Word Vector
 * Representations for Korean"; three jamo are a syllable, and longer n-grams of them gained nothing (docs/words.md).
 */
export const defaultSubwords: SubwordParameters = {
  buckets: 131_072,
  shortest: 3,
  longest: 6,
  shortestJamo: 3,
  longestJamo: 3,
  longestSyllables: 3,
};

/**
 * The n-grams of a word. Hangul words give those of their jamo, which share stems across endings ("했" and "하"), and of
 * their syllables; the two never collide, since a syllable is not a jamo.
 */
export function gramsOf(word: string, parameters: SubwordParameters): string[] {
  const bounded = `<${word}>`;
  if (!hasHangul(word)) return slices([...bounded], parameters.shortest, parameters.longest);
  const { shortestJamo, longestJamo, longestSyllables } = parameters;
  return [...slices([...toJamo(bounded)], shortestJamo, longestJamo), ...slices([...word], 1, longestSyllables)];
}

/** Buckets of a word's n-grams, each once, ascending. */
export function bucketsOf(word: string, parameters: SubwordParameters): number[] {
  const buckets = new Set(gramsOf(word, parameters).map((gram) => hashFeature(gram) % parameters.buckets));
  return [...buckets].sort((left, right) => left - right);
}

function slices(units: readonly string[], shortest: number, longest: number): string[] {
  const grams: string[] = [];
  for (let size = shortest; size <= longest; size++) {
    for (let start = 0; start + size <= units.length; start++) grams.push(units.slice(start, start + size).join(''));
  }
  return grams;
}
