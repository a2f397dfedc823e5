import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { CorpusFile, SentenceUnit, WordModel } from '@kindred/embedder';

const folder = process.env.KINDRED_TEST_DATA ?? fileURLToPath(new URL('../../../shared/data', import.meta.url));

export interface WordCorpus {
  name: string;
  files(): CorpusFile[];
  unit: SentenceUnit;
}

/** 24 English novels, 3.1 million words. */
export const gutenberg: WordCorpus = {
  name: 'gutenberg-25',
  unit: 'paragraph',
  files: () =>
    readdirSync(`${folder}/gutenberg-25`)
      .filter((name) => name.endsWith('.txt'))
      .sort()
      .map((name) => ({ name, chunks: [readFileSync(`${folder}/gutenberg-25/${name}`)] })),
};

/** 238,494 Korean film reviews, 1.9 million words. */
export const filmReviews: WordCorpus = {
  name: 'nsmc-raw-third',
  unit: 'line',
  files: () => {
    const lines = readFileSync(`${folder}/nsmc-raw-third/reviews.tsv`, 'utf8').split('\n').slice(1);
    const reviews = lines.map((line) => line.split('\t')[4] ?? '');
    return [{ name: 'reviews.tsv', chunks: [Buffer.from(reviews.join('\n'))] }];
  },
};

export interface Score {
  name: string;
  /** Spearman's rho, or the share of analogies answered. */
  value: number;
  /** Pairs or questions of which the model knows every word. */
  known: number;
}

/** Word pairs by the files they stand in. WordSim353 comes in two parts (Agirre et al. 2009) that share its unrelated pairs. */
const similarities: Record<'en' | 'ko', Record<string, string[]>> = {
  en: {
    'en-wordsim353': ['en-wordsim353-sim', 'en-wordsim353-rel'],
    'en-wordsim353-sim': ['en-wordsim353-sim'],
    'en-wordsim353-rel': ['en-wordsim353-rel'],
    'en-simlex999': ['en-simlex999'],
    'en-men': ['en-men'],
  },
  ko: { 'ko-WS353_korean': ['ko-WS353_korean'] },
};

/** Scores on word pairs judged by people and on every n-th analogy; words without a vector of their own are left out. */
export function scoresOf(model: WordModel, language: 'en' | 'ko', analogyStep = 1): Score[] {
  if (!existsSync(`${folder}/word-similarity`)) return [];
  const scores = Object.entries(similarities[language]).map(([name, files]) => similarityScore(model, name, files));
  return [...scores, analogyScore(model, language, analogyStep)];
}

const rowsOf = (file: string) =>
  readFileSync(`${folder}/word-similarity/${file}`, 'utf8').split(/\r?\n/).filter(Boolean);
/** MEN writes "stair-n". */
const plain = (word: string) => word.toLowerCase().replace(/-[nvj]$/, '');

function similarityScore(model: WordModel, name: string, files: readonly string[]): Score {
  const judged: number[] = [];
  const cosines: number[] = [];
  const pairs = files.flatMap((file) => rowsOf(`${file}.csv`).slice(1)).map((row) => row.split(',').slice(-3).join());
  for (const pair of new Set(pairs)) {
    const [left, right, score] = pair.split(',') as [string, string, string];
    if ([left, right].some((word) => model.placeOf(plain(word)) === undefined)) continue;
    const [one, other] = [model.unitVector(plain(left))!, model.unitVector(plain(right))!];
    judged.push(Number(score));
    cosines.push(one.reduce((sum, value, at) => sum + value * other[at]!, 0));
  }
  return { name, value: correlation(ranksOf(judged), ranksOf(cosines)), known: judged.length };
}

function analogyScore(model: WordModel, language: 'en' | 'ko', step: number): Score {
  const questions =
    language === 'en'
      ? rowsOf('en-google-analogies.csv')
          .slice(1)
          .map((row) => row.split(',').slice(-4))
      : rowsOf('ko-word_analogy_korean.txt').map((row) => row.split(' '));
  const known = questions
    .filter((words) => words.length === 4)
    .map((words) => words.map((word) => word.toLowerCase()))
    .filter((words) => words.every((word) => model.placeOf(word) !== undefined))
    .filter((_, at) => at % step === 0);
  const right = known.filter(([one, two, three, four]) => model.analogy([two!, three!], [one!], 1)[0]!.word === four);
  return { name: `${language}-analogies`, value: right.length / Math.max(1, known.length), known: known.length };
}

/** Ranks with ties at their mean. */
function ranksOf(values: readonly number[]): number[] {
  const order = values.map((_, at) => at).sort((left, right) => values[left]! - values[right]!);
  const ranks = new Array<number>(values.length);
  for (let start = 0; start < order.length; ) {
    let end = start;
    while (end < order.length && values[order[end]!] === values[order[start]!]) end++;
    for (const at of order.slice(start, end)) ranks[at] = (start + end - 1) / 2;
    start = end;
  }
  return ranks;
}

function correlation(left: readonly number[], right: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [middleLeft, middleRight] = [mean(left), mean(right)];
  let product = 0;
  let squaresLeft = 0;
  let squaresRight = 0;
  left.forEach((value, at) => {
    const [x, y] = [value - middleLeft, right[at]! - middleRight];
    product += x * y;
    squaresLeft += x * x;
    squaresRight += y * y;
  });
  return product / Math.sqrt(squaresLeft * squaresRight);
}
