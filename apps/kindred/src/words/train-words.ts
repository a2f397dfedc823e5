import type { KindredClient } from '@kindred/client';
import { SentenceUnit, type TrainingProgress, TrainWordsRequest, type TrainWordsResult } from '@kindred/contracts';
import { CliError } from '../cli-error.ts';
import { type ConnectionOptions, withClient } from '../connection.ts';
import { count, duration, plural } from '../output/format.ts';
import { printJson } from '../output/json.ts';
import { ProgressBar } from '../output/progress.ts';
import { chunksOf, isFile, sizeOf } from './file-chunks.ts';

export interface TrainOptions extends ConnectionOptions {
  corpus: string[];
  name: string;
  dimensions: number;
  window: number;
  negatives: number;
  epochs: number;
  minCount: number;
  rate?: number;
  sample: number;
  subwords: number;
  unit: 'line' | 'paragraph';
  seed: number;
  threads: number;
}

/** A corpus that looks like this, and is no file, is the name of a collection. */
const collectionShape = /^[a-z0-9][a-z0-9_-]{0,63}$/;

export async function train(options: TrainOptions): Promise<void> {
  const corpus = await corpusOf(options.corpus);
  const result = await withClient(options, (client) => trained(client, corpus, options));
  const { model, words, seconds, loss } = result;
  if (options.json) return printJson({ ...result, wordsPerSecond: Number(words) / seconds });
  const rate = count(Math.round(Number(words) / seconds));
  console.log(
    `trained ${model?.name} ${model?.version}: ${plural(model?.vocabulary ?? 0, 'word')} of ${model?.dimensions} dimensions`,
  );
  console.log(`${count(words)} words in ${duration(seconds * 1000)} (${rate} words/s), loss ${loss.toFixed(3)}`);
  console.log(`ask it: kindred words similar ${model?.name} <word>`);
}

type Corpus = { collection: string; files: string[]; bytes: number };

async function corpusOf(given: string[]): Promise<Corpus> {
  const files = await Promise.all(given.map(isFile));
  const missing = given.filter((_, at) => !files[at]);
  if (missing.length === 0) {
    const sizes = await Promise.all(given.map(sizeOf));
    return { collection: '', files: given, bytes: sizes.reduce((sum, size) => sum + size, 0) };
  }
  if (given.length === 1 && collectionShape.test(given[0]!)) return { collection: given[0]!, files: [], bytes: 0 };
  throw new CliError(`cannot read ${missing.join(', ')}: there is no such file; a corpus is files, or one collection`);
}

async function trained(client: KindredClient, corpus: Corpus, options: TrainOptions): Promise<TrainWordsResult> {
  const bar = new ProgressBar('training');
  const sent = { bytes: 0 };
  try {
    for await (const { part } of client.words.trainWords(requestsOf(corpus, options, sent))) {
      if (part?.$case === 'result') return part.value;
      if (part?.$case === 'progress') bar.update(part.value.share, progressText(part.value, sent.bytes, corpus.bytes));
    }
    throw new CliError('the server ended the training without a result; look at its log');
  } finally {
    bar.stop();
  }
}

export function progressText(
  { words, wordsPerSecond, secondsLeft, loss }: TrainingProgress,
  sent: number,
  bytes: number,
): string {
  if (Number(words) === 0)
    return bytes > 0 ? `reading the corpus, ${Math.round((sent / bytes) * 100)}%` : 'reading the corpus';
  return `${count(Math.round(wordsPerSecond))} words/s · ETA ${clock(secondsLeft)} · loss ${loss.toFixed(3)}`;
}

/** 75 → "1:15". */
function clock(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

async function* requestsOf(
  { collection, files }: Corpus,
  options: TrainOptions,
  sent: { bytes: number },
): AsyncGenerator<TrainWordsRequest> {
  const { dimensions, window, negatives, epochs, minCount, rate, sample, seed, threads, subwords } = options;
  const unit = options.unit === 'paragraph' ? SentenceUnit.SENTENCE_UNIT_PARAGRAPH : SentenceUnit.SENTENCE_UNIT_LINE;
  const numbers = { dimensions, window, negatives, epochs, minCount, rate, sample, seed, threads };
  const parameters = { ...numbers, unit, subwordBuckets: subwords };
  yield TrainWordsRequest.fromPartial({
    part: { $case: 'header', value: { name: options.name, parameters, collection } },
  });
  for (const file of files) {
    for await (const content of chunksOf(file)) {
      yield { part: { $case: 'chunk', value: { file, content } } };
      sent.bytes += content.length;
    }
  }
}
