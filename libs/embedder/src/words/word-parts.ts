import { bucketsOf, type SubwordParameters } from './subwords.ts';

/** Which n-grams each word has, as a sparse matrix of ones. */
export interface WordParts {
  /** Buckets that any word has, by the number that `numbers` has of them. */
  buckets: Uint32Array;
  /** Place of a word's first number in `numbers`; one more entry than words. */
  starts: Uint32Array;
  numbers: Uint32Array;
}

/** `words` by place. A word without n-grams, shorter than the shortest, has none. */
export function wordParts(words: readonly string[], parameters: SubwordParameters): WordParts {
  const numberOf = new Map<number, number>();
  const starts = new Uint32Array(words.length + 1);
  const numbers: number[] = [];
  words.forEach((word, place) => {
    for (const bucket of bucketsOf(word, parameters)) {
      const number = numberOf.get(bucket) ?? numberOf.size;
      numberOf.set(bucket, number);
      numbers.push(number);
    }
    starts[place + 1] = numbers.length;
  });
  return { buckets: Uint32Array.from(numberOf.keys()), starts, numbers: Uint32Array.from(numbers) };
}
