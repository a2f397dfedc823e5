import { readFileSync } from 'node:fs';
import { datasetPath } from './datasets.ts';

export interface SentencePair {
  first: string;
  second: string;
  /** What people said, 0 to 5. */
  score: number;
}

/** 1,500 English pairs: genre, file, year, id, score and the two sentences, without a header. */
export const stsbDev = (): SentencePair[] => pairsOf('stsb/stsb-dev.csv', 0);
/** The same pairs in Korean, below a header. */
export const korstsDev = (): SentencePair[] => pairsOf('korsts/sts-dev.tsv', 1);

function pairsOf(file: string, headerLines: number): SentencePair[] {
  const lines = readFileSync(datasetPath(file), 'utf8').split('\n').slice(headerLines).filter(Boolean);
  return lines.map((line) => {
    const [, , , , score, first, second] = line.split('\t') as string[];
    return { first: first!, second: second!, score: Number(score) };
  });
}

/** Spearman's rank correlation; equal values share the mean of their ranks. */
export function spearman(left: readonly number[], right: readonly number[]): number {
  return pearson(ranks(left), ranks(right));
}

function ranks(values: readonly number[]): number[] {
  const order = [...values.keys()].sort((a, b) => values[a]! - values[b]!);
  const ranked = new Array<number>(values.length);
  for (let start = 0, end = 0; start < order.length; start = end) {
    while (end < order.length && values[order[end]!] === values[order[start]!]) end += 1;
    for (let at = start; at < end; at += 1) ranked[order[at]!] = (start + end - 1) / 2;
  }
  return ranked;
}

function pearson(left: readonly number[], right: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [a, b] = [mean(left), mean(right)];
  let [product, lefts, rights] = [0, 0, 0];
  for (const [at, value] of left.entries()) {
    product += (value - a) * (right[at]! - b);
    lefts += (value - a) ** 2;
    rights += (right[at]! - b) ** 2;
  }
  return product / Math.sqrt(lefts * rights);
}
