import { balanceSpectrum } from './balance-spectrum.ts';
import { type CorpusFile, sentencesOf } from './corpus-sentences.ts';
import { encodeCorpus } from './encode-corpus.ts';
import { type FittedWords, fitParts } from './fit-parts.ts';
import { leanOnParts } from './lean-on-parts.ts';
import { quantizeRows } from './quantized-rows.ts';
import type { SubwordParameters } from './subwords.ts';
import { type TrainingOptions, type TrainingProgress, trainSkipGram } from './train-skip-gram.ts';
import { checkTraining, type TrainingParameters } from './training-parameters.ts';
import { WordModel, type WordModelParts } from './word-model.ts';
import { wordParts } from './word-parts.ts';

export interface TrainedWords {
  model: WordModel;
  /** Words of the corpus that are in the vocabulary, each occurrence counted. */
  corpusWords: number;
  progress: TrainingProgress;
}

/**
 * Word vectors of a corpus: skip-gram, then vectors of n-grams that explain them, then balancing. Throws KindredErrors FIELD_INVALID for a parameter and CORPUS_INVALID
 * for the corpus.
 */
export async function trainWords(
  files: AsyncIterable<CorpusFile> | Iterable<CorpusFile>,
  parameters: TrainingParameters,
  options: TrainingOptions = {},
): Promise<TrainedWords> {
  checkTraining(parameters);
  const { minCount, mostWords, subwords, unit } = parameters;
  const corpus = await encodeCorpus(sentencesOf(files, unit), { minCount, mostWords, signal: options.signal });
  const { vectors, progress } = await trainSkipGram(corpus, parameters, options);
  const { words, counts } = corpus;
  const { dimensions } = parameters;
  const trained = { dimensions, words, counts, vectors };
  const parts = subwords && (await learnParts(trained, subwords, options.signal));
  if (!parts) await balanceSpectrum([vectors], dimensions, options.signal);
  return { model: new WordModel({ ...trained, subwords: parts }), corpusWords: corpus.total, progress };
}

/** Vectors of the n-grams, which words lean on; all are balanced together. */
async function learnParts(
  { words, ...trained }: Omit<FittedWords, 'parts'> & { words: readonly string[] },
  parameters: SubwordParameters,
  signal?: AbortSignal,
): Promise<WordModelParts['subwords']> {
  const fitting: FittedWords = { ...trained, parts: wordParts(words, parameters) };
  const fitted = await fitParts(fitting, signal);
  leanOnParts(fitting, words, fitted);
  const { dimensions, vectors, parts } = fitting;
  await balanceSpectrum([vectors, fitted], dimensions, signal);
  const rows = new Float32Array(parameters.buckets * dimensions);
  parts.buckets.forEach((bucket, number) => {
    rows.set(fitted.subarray(number * dimensions, (number + 1) * dimensions), bucket * dimensions);
  });
  return { parameters, rows: quantizeRows(rows, dimensions) };
}
