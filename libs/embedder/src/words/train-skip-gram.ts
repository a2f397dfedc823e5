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

export interface TrainedVectors {
  /** Row-major, words x dimensions. */
  vectors: Float32Array;
  progress: TrainingProgress;
}

const progressMs = 250;
const workerFile = new URL(`./skip-gram-worker.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url);

/**
 * Skip-gram with negative sampling (Mikolov et al. 2013b) in worker threads that write to the same vectors without locks
 * (Recht et al. 2011). One thread gives the same bits every time.
 */
export async function trainSkipGram(
  corpus: EncodedCorpus,
  parameters: SkipGramParameters,
  options: TrainingOptions = {},
): Promise<TrainedVectors> {
  options.signal?.throwIfAborted();
  const shared = skipGramMemory(corpus.counts, parameters);
  const progress = await runThreads(corpus, parameters, shared, options);
  return { vectors: unpadded(shared, corpus.words.length, parameters.dimensions), progress };
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

function unpadded({ memory, inputs, stride }: SkipGramMemory, words: number, dimensions: number): Float32Array {
  const padded = new Float32Array(memory.buffer, inputs, words * stride);
  const values = new Float32Array(words * dimensions);
  for (let word = 0; word < words; word++) {
    values.set(padded.subarray(word * stride, word * stride + dimensions), word * dimensions);
  }
  return values;
}
