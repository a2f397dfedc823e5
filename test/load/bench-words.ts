// npm run bench:words: word vectors trained here and by gensim on the same sentences, in one run; ratios matter.
// KINDRED_TEST_PYTHON names a Python with gensim; without it only our figures are printed. Arguments: the number of seeds.
import { createWriteStream, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { defaultTraining, readWordFile, type TrainingParameters, trainWords, type WordModel } from '@kindred/embedder';
import { sentencesOf } from '../../libs/embedder/src/words/corpus-sentences.ts';
import { splitSentence } from '../../libs/embedder/src/words/split-sentence.ts';
import { gensimPython, runPython } from '../support/gensim.ts';
import { filmReviews, gutenberg, type Score, scoresOf, type WordCorpus } from '../support/word-benchmarks.ts';

interface Run {
  wordsPerCpuSecond: number;
  scores: Score[];
}

const seeds = Number(process.argv[2] ?? 1);
const python = gensimPython();
const folder = mkdtempSync(join(os.tmpdir(), 'kindred-bench-words-'));

/** Trains as asked, on CPU time, and saves the vectors. */
const gensimScript = `
import json, sys, time
from gensim.models import FastText, Word2Vec
from gensim.models.word2vec import LineSentence
settings = json.loads(sys.argv[3])
sentences = list(LineSentence(sys.argv[1]))
buckets = settings.pop('bucket')
model = FastText(min_n=3, max_n=6, bucket=buckets, **settings) if buckets else Word2Vec(**settings)
model.build_vocab(sentences)
begun = time.process_time()
model.train(sentences, total_examples=model.corpus_count, epochs=model.epochs)
seconds = time.process_time() - begun
words = sum(model.wv.get_vecattr(word, 'count') for word in model.wv.index_to_key) * model.epochs
model.wv.save_word2vec_format(sys.argv[2], binary=True)
print(json.dumps(words / seconds))`;

try {
  console.log(
    `${os.cpus().length} cores, ${os.cpus()[0]!.model}, Node ${process.version}, ${new Date().toISOString().slice(0, 10)}`,
  );
  for (const corpus of [gutenberg, filmReviews]) await compare(corpus);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function compare(corpus: WordCorpus): Promise<void> {
  const sentences = join(folder, `${corpus.name}.txt`);
  await pipeline(Readable.from(tokenized(corpus)), createWriteStream(sentences));
  const language = corpus === gutenberg ? 'en' : 'ko';
  for (const subwords of [undefined, defaultTraining.subwords]) {
    const ours: Run[] = [];
    const theirs: Run[] = [];
    for (let seed = 1; seed <= seeds; seed++) {
      const parameters: TrainingParameters = { ...defaultTraining, subwords, seed };
      ours.push(await runHere(sentences, parameters, language));
      if (python) theirs.push(await runGensim(sentences, parameters, language));
    }
    print(`${corpus.name}, ${subwords ? 'n-grams, against FastText' : 'words, against Word2Vec'}`, ours, theirs);
  }
}

async function* tokenized(corpus: WordCorpus): AsyncGenerator<string> {
  for await (const sentence of sentencesOf(corpus.files(), corpus.unit)) {
    const words = splitSentence(sentence);
    if (words.length > 0) yield `${words.join(' ')}\n`;
  }
}

async function runHere(sentences: string, parameters: TrainingParameters, language: 'en' | 'ko'): Promise<Run> {
  let begun = process.cpuUsage();
  let first = true;
  // CPU time counts from the first report: reading the corpus is not training, here as there.
  const onProgress = () => {
    if (first) begun = process.cpuUsage();
    first = false;
  };
  const { model, progress } = await trainWords([{ name: sentences, chunks: [readFileSync(sentences)] }], parameters, {
    onProgress,
  });
  const { user, system } = process.cpuUsage(begun);
  return { wordsPerCpuSecond: progress.words / ((user + system) / 1e6), scores: scoresOf(model, language) };
}

async function runGensim(sentences: string, parameters: TrainingParameters, language: 'en' | 'ko'): Promise<Run> {
  const { dimensions, window, negatives, epochs, minCount, sample, seed, subwords } = parameters;
  const same = { vector_size: dimensions, window, negative: negatives, epochs, min_count: minCount, sample, seed };
  const settings = { ...same, sg: 1, workers: 1, bucket: subwords?.buckets ?? 0 };
  const file = join(folder, 'gensim.bin');
  const wordsPerCpuSecond = Number(runPython(python!, gensimScript, [sentences, file, JSON.stringify(settings)]));
  const model: WordModel = await readWordFile([readFileSync(file)], 'word2vec-binary');
  return { wordsPerCpuSecond, scores: scoresOf(model, language) };
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

function print(title: string, ours: readonly Run[], theirs: readonly Run[]): void {
  console.log(`\n${title}; ${seeds} seed${seeds === 1 ? '' : 's'}\n  ${''.padEnd(24)}   kindred    gensim   ratio`);
  line(
    'words / s of CPU',
    ours.map((run) => run.wordsPerCpuSecond),
    theirs.map((run) => run.wordsPerCpuSecond),
    0,
  );
  for (const [at, { name, known }] of ours[0]!.scores.entries()) {
    line(
      `${name} (${known})`,
      ours.map((run) => run.scores[at]!.value),
      theirs.map((run) => run.scores[at]!.value),
      4,
    );
  }
}

function line(name: string, ours: readonly number[], theirs: readonly number[], digits: number): void {
  const [here, there] = [mean(ours), mean(theirs)];
  const against =
    theirs.length > 0 ? `${there.toFixed(digits).padStart(9)}  ${(here / there).toFixed(2).padStart(6)}` : '        -';
  console.log(`  ${name.padEnd(24)} ${here.toFixed(digits).padStart(9)} ${against}`);
}
