import type { FittedWords } from './fit-parts.ts';
import { hasHangul } from './hangul-jamo.ts';

/** Occurrences at which a Hangul word counts for as much as its n-grams do. */
const evenAt = 100;

/**
 * Moves the vectors of Hangul words towards the means of their n-grams, rare words most: by evenAt / (evenAt + count). Particles and
 * endings make many forms of a Korean word, each of them rare; the n-grams know all of them. Words of other scripts
 * stay as trained: there it costs more meaning than it gains (docs/words.md).
 */
export function leanOnParts(
  { dimensions, vectors, counts, parts: { starts, numbers } }: FittedWords,
  words: readonly string[],
  fitted: Float32Array,
): void {
  words.forEach((word, place) => {
    const [start, end] = [starts[place]!, starts[place + 1]!];
    if (start === end || !hasHangul(word)) return;
    const own = counts[place]! / (counts[place]! + evenAt);
    const row = vectors.subarray(place * dimensions, (place + 1) * dimensions);
    for (let at = 0; at < dimensions; at++) row[at] = row[at]! * own;
    for (const number of numbers.subarray(start, end)) {
      const share = (1 - own) / (end - start);
      for (let at = 0; at < dimensions; at++) row[at] = row[at]! + share * fitted[number * dimensions + at]!;
    }
  });
}
