import { balanceSpectrum } from './balance-spectrum.ts';
import { type CorpusFile, sentencesOf } from './corpus-sentences.ts';
import { encodeCorpus } from './encode-corpus.ts';
import { quantizeRows } from './quantized-rows.ts';
import { type TrainingOptions, type TrainingProgress, trainSkipGram } from './train-skip-gram.ts';
import { checkTraining, type TrainingParameters } from './training-parameters.ts';
import { WordModel } from './word-model.ts';

export interface TrainedWords {
  model: WordModel;
  /** Words of the corpus that are in the vocabulary, each occurrence counted. */
  corpusWords: number;
  progress: TrainingProgress;
}

/** Word vectors of a corpus. Throws KindredErrors FIELD_INVALID for a parameter and CORPUS_INVALID for the corpus. */
export async function trainWords(
  files: AsyncIterable<CorpusFile> | Iterable<CorpusFile>,
  parameters: TrainingParameters,
  options: TrainingOptions = {},
): Promise<TrainedWords> {
  checkTraining(parameters);
  const { minCount, mostWords, subwords, unit } = parameters;
  const corpus = await encodeCorpus(sentencesOf(files, unit), { minCount, mostWords, signal: options.signal });
  const { words: vectors, buckets, dimensions, progress } = await trainSkipGram(corpus, parameters, subwords, options);
  await balanceSpectrum(buckets ? [vectors, buckets] : [vectors], dimensions, options.signal);
  const model = new WordModel({
    dimensions,
    words: corpus.words,
    counts: corpus.counts,
    vectors,
    subwords: subwords && buckets && { parameters: subwords, rows: quantizeRows(buckets, dimensions) },
  });
  return { model, corpusWords: corpus.total, progress };
}
