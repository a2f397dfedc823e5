import { hashFeature } from '../built-in/hashed-features.ts';
import { hasHangul, toJamo } from './hangul-jamo.ts';

/** Which parts of a word have vectors of their own. */
export interface SubwordParameters {
  /** Vectors that the n-grams share by their hash. 1 to 2^22. */
  buckets: number;
  /** Lengths of the n-grams, boundaries "<" and ">" included: of characters, and of jamo in Hangul words. */
  shortest: number;
  longest: number;
}

/** 3 to 6 as Bojanowski et al. 2017, section 4.4; a Hangul syllable has three jamo, so 6 jamo are two syllables. */
export const defaultSubwords: SubwordParameters = { buckets: 131_072, shortest: 3, longest: 6 };

/** Syllable n-grams of Hangul words beside those of jamo (Park et al. 2018, "Subword-level Word Vector Representations for Korean"). */
const longestSyllableGram = 4;

/**
 * The n-grams of a word. Hangul words give those of their jamo, which share stems across endings ("했" and "하"), and of
 * their syllables; the two never collide, since a syllable is not a jamo.
 */
export function gramsOf(word: string, { shortest, longest }: SubwordParameters): string[] {
  const bounded = `<${word}>`;
  if (!hasHangul(word)) return slices([...bounded], shortest, longest);
  return [...slices([...toJamo(bounded)], shortest, longest), ...slices([...word], 1, longestSyllableGram)];
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
