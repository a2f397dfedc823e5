import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { EncodedCorpus } from './encode-corpus.ts';
import {
  lossOf,
  type SkipGramMemory,
  type SkipGramParameters,
  skipGramMemory,
  sliceTokens,
} from './skip-gram-memory.ts';
import type { SkipGramTask } from './skip-gram-worker.ts';
import { subwordRows } from './subword-rows.ts';
import type { SubwordParameters } from './subwords.ts';

export interface TrainingProgress {
  /** Share of the work that is done, 0-1. */
  share: number;
  words: number;
  wordsPerSecond: number;
  secondsLeft: number;
  /** Mean loss of an observed word with its negatives since the start, in nats. */
  loss: number;
}

export interface TrainingOptions {
  signal?: AbortSignal;
  onProgress?(progress: TrainingProgress): void;
}

/** Row-major vectors: of the words, and of the n-gram buckets where there are any. */
export interface TrainedVectors {
  dimensions: number;
  words: Float32Array;
  buckets?: Float32Array;
  progress: TrainingProgress;
}

const progressMs = 250;
const workerFile = new URL(`./skip-gram-worker.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url);

/**
 * Skip-gram with negative sampling (Mikolov et al. 2013b) and, with `subwords`, n-grams (Bojanowski et al. 2017), in
 * worker threads that write to the same vectors without locks (Recht et al. 2011). One thread gives the same bits every time.
 * Unlike fastText, the n-grams of a word move once for its whole window, which learns as well and is several times faster.
 */
export async function trainSkipGram(
  corpus: EncodedCorpus,
  parameters: SkipGramParameters,
  subwords: SubwordParameters | undefined,
  options: TrainingOptions = {},
): Promise<TrainedVectors> {
  options.signal?.throwIfAborted();
  const rows = subwords && subwordRows(corpus.words, subwords);
  const shared = skipGramMemory(corpus.counts, parameters, rows);
  const progress = await runThreads(corpus, parameters, shared, options);
  const values = (from: number, count: number) => unpadded(shared, from, count, parameters.dimensions);
  const words = values(0, corpus.words.length);
  if (!subwords || !rows) return { dimensions: parameters.dimensions, words, progress };
  const buckets = values(corpus.words.length, subwords.buckets);
  return {
    dimensions: parameters.dimensions,
    words: meansOf(words, buckets, rows, parameters.dimensions),
    buckets,
    progress,
  };
}

async function runThreads(
  corpus: EncodedCorpus,
  { threads, epochs, rate }: SkipGramParameters,
  shared: SkipGramMemory,
  { signal, onProgress }: TrainingOptions,
): Promise<TrainingProgress> {
  const totalWords = corpus.total * epochs;
  const done = new BigInt64Array(new SharedArrayBuffer(8));
  const stop = new Int32Array(new SharedArrayBuffer(4));
  const common = { memory: shared.memory, sliceTokens, tokens: corpus.tokens, epochs, rate, totalWords, done, stop };
  const begun = performance.now();
  const progress = () => progressOf(Number(done[0]), totalWords, (performance.now() - begun) / 1000, shared);
  const giveUp = () => void Atomics.store(stop, 0, 1);
  signal?.addEventListener('abort', giveUp, { once: true });
  const timer = setInterval(() => onProgress?.(progress()), progressMs);
  try {
    const parts = partsOf(corpus.tokens, threads);
    const tasks = parts.map(({ start, end }, thread): SkipGramTask => {
      return { ...common, settings: shared.settings[thread]!, room: shared.tokens[thread]!, start, end };
    });
    await Promise.all(tasks.map((workerData) => once(new Worker(workerFile, { workerData, execArgv: [] }), 'exit')));
  } finally {
    giveUp();
    clearInterval(timer);
    signal?.removeEventListener('abort', giveUp);
  }
  signal?.throwIfAborted();
  const last = progress();
  onProgress?.(last);
  return last;
}

function progressOf(words: number, total: number, seconds: number, shared: SkipGramMemory): TrainingProgress {
  const { loss, samples } = lossOf(shared);
  const wordsPerSecond = words / Math.max(seconds, 1e-9);
  const secondsLeft = words === 0 ? 0 : (total - words) / wordsPerSecond;
  return { share: words / total, words, wordsPerSecond, secondsLeft, loss: samples === 0 ? 0 : loss / samples };
}

/** As many parts of about equal length, cut between sentences; fewer where there are not enough sentences. */
export function partsOf(tokens: Int32Array, threads: number): { start: number; end: number }[] {
  const parts: { start: number; end: number }[] = [];
  let start = 0;
  for (let thread = 1; thread <= threads && start < tokens.length; thread++) {
    const wanted = Math.max(start, Math.floor((tokens.length * thread) / threads) - 1);
    const cut = thread === threads ? -1 : tokens.indexOf(-1, wanted);
    const end = cut === -1 ? tokens.length : cut + 1;
    parts.push({ start, end });
    start = end;
  }
  return parts;
}

function unpadded({ memory, inputs, stride }: SkipGramMemory, from: number, count: number, dimensions: number) {
  const padded = new Float32Array(memory.buffer, inputs, (from + count) * stride);
  const values = new Float32Array(count * dimensions);
  for (let row = 0; row < count; row++) {
    const start = (from + row) * stride;
    values.set(padded.subarray(start, start + dimensions), row * dimensions);
  }
  return values;
}

/** A word's vector is the mean of its own row and those of its n-grams. */
function meansOf(
  words: Float32Array,
  buckets: Float32Array,
  { starts, rows }: { starts: Uint32Array; rows: Uint32Array },
  dimensions: number,
): Float32Array {
  const means = new Float32Array(words.length);
  const wordCount = words.length / dimensions;
  for (let word = 0; word < wordCount; word++) {
    const mean = means.subarray(word * dimensions, (word + 1) * dimensions);
    const own = rows.subarray(starts[word]!, starts[word + 1]!);
    for (const row of own) {
      const source = row < wordCount ? words : buckets;
      const start = (row < wordCount ? row : row - wordCount) * dimensions;
      for (let at = 0; at < dimensions; at++) mean[at] = mean[at]! + source[start + at]! / own.length;
    }
  }
  return means;
}
