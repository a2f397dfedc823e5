import { bucketsOf, type SubwordParameters } from './subwords.ts';

/** Rows of the input matrix that make up each word: its own, then `words` + bucket of each n-gram. */
export interface SubwordRows {
  buckets: number;
  /** Place of a word's first row in `rows`; one more entry than words. */
  starts: Uint32Array;
  rows: Uint32Array;
}

export function subwordRows(words: readonly string[], parameters: SubwordParameters): SubwordRows {
  const starts = new Uint32Array(words.length + 1);
  const rows: number[] = [];
  words.forEach((word, place) => {
    rows.push(place);
    for (const bucket of bucketsOf(word, parameters)) rows.push(words.length + bucket);
    starts[place + 1] = rows.length;
  });
  return { buckets: parameters.buckets, starts, rows: Uint32Array.from(rows) };
}
