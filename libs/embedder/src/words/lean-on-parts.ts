import type { FittedWords } from './fit-parts.ts';
import { hasHangul } from './hangul-jamo.ts';

/**
 * Adds to the vectors of Hangul words the means of their n-grams. Particles and endings make many forms of a Korean word, most
 * of them rare; the n-grams know all of them. The vector of a rare word is short, so it leans on them most. Words of other
 * scripts stay as trained: there it costs more meaning than it gains (docs/words.md).
 */
export function leanOnParts(
  { dimensions, vectors, parts: { starts, numbers } }: FittedWords,
  words: readonly string[],
  fitted: Float32Array,
): void {
  words.forEach((word, place) => {
    if (!hasHangul(word)) return;
    const own = numbers.subarray(starts[place], starts[place + 1]);
    const row = vectors.subarray(place * dimensions, (place + 1) * dimensions);
    for (const number of own) {
      const part = fitted.subarray(number * dimensions, (number + 1) * dimensions);
      for (let at = 0; at < dimensions; at++) row[at] = row[at]! + part[at]! / own.length;
    }
  });
}
