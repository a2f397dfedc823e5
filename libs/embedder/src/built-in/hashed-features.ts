import { isSyllableRun } from './split-scripts.ts';

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

/** Sees a feature as a span of a text, in UTF-16 units: most are hashed and forgotten, and a string of each costs more than that. */
export type FeatureVisitor = (text: string, start: number, end: number, weight: number) => void;

/** Word itself and its character n-grams with boundaries: "tv" gives "=tv" and "<tv>". */
function visitWord(word: string, parameters: FeatureParameters, visit: FeatureVisitor): void {
  const { shortestGram, longestGram } = parameters;
  const bounded = `<${word.slice(0, parameters.longestWord)}>`;
  let grams = 0;
  for (let size = shortestGram; size <= longestGram; size++) grams += Math.max(0, bounded.length - size + 1);
  const weight = Math.max(1, grams) ** -parameters.gramDecay;
  visit(`=${word}`, 0, word.length + 1, 1);
  for (let size = shortestGram; size <= longestGram; size++) {
    for (let start = 0; start + size <= bounded.length; start++) visit(bounded, start, start + size, weight);
  }
}

/** Overlapping pairs of syllables and single ones; a run of one syllable counts as much as a pair. */
function visitRun(run: string, { syllable }: FeatureParameters, visit: FeatureVisitor): void {
  const next = (at: number) => at + (run.codePointAt(at)! > 0xffff ? 2 : 1);
  const second = next(0);
  for (let start = 0, middle = second; middle < run.length; ) {
    const end = next(middle);
    visit(run, start, end, 1);
    start = middle;
    middle = end;
  }
  for (let start = 0; start < run.length; start = next(start)) {
    visit(run, start, next(start), second === run.length ? 1 : syllable);
  }
}

/** Visits the features of one lower-case word, run of syllables or emoji. */
export function visitFeatures(part: string, parameters: FeatureParameters, visit: FeatureVisitor): void {
  if (isSyllableRun(part)) visitRun(part, parameters, visit);
  else visitWord(part, parameters, visit);
}

/** 32-bit FNV-1a over UTF-16 units of a span with the finalizer of MurmurHash3, for evenly spread low bits. */
export function hashFeature(text: string, seed = 0, start = 0, end = text.length): number {
  let hash = 0x811c9dc5 ^ seed;
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
