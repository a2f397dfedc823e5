import { isSyllableRun } from './split-scripts.ts';

export interface Feature {
  text: string;
  weight: number;
}

/** What of a word or run is hashed. Part of the model's identity. */
export interface FeatureParameters {
  /** Lengths of a word's character n-grams, its two boundaries included. */
  shortestGram: number;
  longestGram: number;
  /** n grams of one word weigh n^-gramDecay each, so that long words do not drown short ones. */
  gramDecay: number;
  /** Weight of single syllables beside pairs. */
  syllable: number;
  /** Longer words give features of their beginning only. In UTF-16 units. */
  longestWord: number;
}

/** Word itself and its character n-grams with boundaries: "tv" gives "=tv" and "<tv>". */
function wordFeatures(word: string, parameters: FeatureParameters): Feature[] {
  const bounded = `<${word.slice(0, parameters.longestWord)}>`;
  const grams: string[] = [];
  for (let size = parameters.shortestGram; size <= parameters.longestGram; size++) {
    for (let start = 0; start + size <= bounded.length; start++) grams.push(bounded.slice(start, start + size));
  }
  const weight = Math.max(1, grams.length) ** -parameters.gramDecay;
  return [{ text: `=${word}`, weight: 1 }, ...grams.map((text) => ({ text, weight }))];
}

/** Single syllables and overlapping pairs of them; a run of one syllable counts as much as a pair. */
function runFeatures(run: string, parameters: FeatureParameters): Feature[] {
  const syllables = [...run];
  if (syllables.length === 1) return [{ text: run, weight: 1 }];
  const pairs = syllables.slice(1).map((next, at) => ({ text: syllables[at]! + next, weight: 1 }));
  return [...pairs, ...syllables.map((text) => ({ text, weight: parameters.syllable }))];
}

/** Features of one lower-case word, run of syllables or emoji. */
export function featuresOf(part: string, parameters: FeatureParameters): Feature[] {
  return isSyllableRun(part) ? runFeatures(part, parameters) : wordFeatures(part, parameters);
}

/** 32-bit FNV-1a over UTF-16 units with the finalizer of MurmurHash3, for evenly spread low bits. */
export function hashFeature(text: string, seed = 0): number {
  let hash = 0x811c9dc5 ^ seed;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
