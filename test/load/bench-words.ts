// npm run bench:words [-- <seeds> [<seeds without n-grams>]] [--quick] [--same] [--keep <file>]: word vectors trained here and by
// gensim's Word2Vec on the same sentences, by turns in one run; ratios matter. KINDRED_TEST_PYTHON names a Python with gensim.
// --quick: a tenth of the text. --same: gensim with the rate and the thinning of here. --keep: runs that the file has are not repeated.
import { appendFileSync, createWriteStream, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { defaultTraining, readWordFile, type TrainingParameters, trainWords, WordModel } from '@kindred/embedder';
import { balanceSpectrum } from '../../libs/embedder/src/words/balance-spectrum.ts';
import { sentencesOf } from '../../libs/embedder/src/words/corpus-sentences.ts';
import { splitSentence } from '../../libs/embedder/src/words/split-sentence.ts';
import { pythonWith, runPython } from '../support/python.ts';
import { filmReviews, gutenberg, type Score, scoresOf, type WordCorpus } from '../support/word-benchmarks.ts';

interface Run {
  wordsPerCpuSecond: number;
  scores: Score[];
}

/** gensim's vectors as they are, and after the last step of training here. */
interface GensimRun extends Run {
  balanced: Score[];
}

type Language = 'en' | 'ko';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean' }, same: { type: 'boolean' }, keep: { type: 'string' } },
});
const seeds = Number(positionals[0] ?? 3);
const plainSeeds = Number(positionals[1] ?? 1);
const everyNth = values.quick ? 10 : 1;
const python = pythonWith('gensim');
const folder = mkdtempSync(join(os.tmpdir(), 'kindred-bench-words-'));
const kept = new Map<string, Run>(keptLines().map((line) => JSON.parse(line)));
/** word2vec.c's, and gensim's default. */
const theirDefaults = { rate: 0.025, sample: 1e-3 };

/** Trains as asked, on CPU time, and saves the vectors. */
const gensimScript = `
import json, sys, time
from gensim.models import Word2Vec
from gensim.models.word2vec import LineSentence
sentences = list(LineSentence(sys.argv[1]))
model = Word2Vec(**json.loads(sys.argv[3]))
model.build_vocab(sentences)
begun = time.process_time()
model.train(sentences, total_examples=model.corpus_count, epochs=model.epochs)
seconds = time.process_time() - begun
words = sum(model.wv.get_vecattr(word, 'count') for word in model.wv.index_to_key) * model.epochs
model.wv.save_word2vec_format(sys.argv[2], binary=True)
print(json.dumps(words / seconds))`;

try {
  const [cpu] = os.cpus();
  console.log(
    `${os.cpus().length} cores, ${cpu!.model}, Node ${process.version}, ${new Date().toISOString().slice(0, 10)}`,
  );
  await compare(gutenberg, 'en');
  await compare(filmReviews, 'ko');
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function compare(corpus: WordCorpus, language: Language): Promise<void> {
  const sentences = join(folder, `${corpus.name}.txt`);
  await pipeline(Readable.from(tokenized(corpus)), createWriteStream(sentences));
  const grams: Run[] = [];
  const plain: Run[] = [];
  const theirs: GensimRun[] = [];
  for (let seed = 1; seed <= Math.max(seeds, plainSeeds); seed++) {
    const own: TrainingParameters = { ...defaultTraining, seed };
    const alone: TrainingParameters = { ...own, subwords: undefined };
    const gensim = values.same ? alone : { ...alone, ...theirDefaults };
    const here = (name: string, of: TrainingParameters) =>
      once(`${corpus.name}, ${name}`, of, () => runHere(sentences, of, language));
    if (seed <= seeds) grams.push(await here('kindred', own));
    if (python) {
      theirs.push(await once(`${corpus.name}, gensim`, gensim, () => runGensim(sentences, gensim, language)));
    }
    if (seed <= plainSeeds) plain.push(await here('kindred without n-grams', alone));
  }
  print(`${corpus.name}, as by default`, grams, theirs);
  print(`${corpus.name}, without n-grams`, plain, theirs);
}

function keptLines(): string[] {
  if (!values.keep || !existsSync(values.keep)) return [];
  return readFileSync(values.keep, 'utf8').split('\n').filter(Boolean);
}

/** What the work gives, or gave when the kept file was written. */
async function once<Each extends Run>(name: string, parameters: TrainingParameters, work: () => Promise<Each>) {
  const key = JSON.stringify([name, everyNth, parameters]);
  const before = kept.get(key) as Each | undefined;
  const run = before ?? (await work());
  if (!before && values.keep) appendFileSync(values.keep, `${JSON.stringify([key, run])}\n`);
  return report(`${name}, seed ${parameters.seed}`, run);
}

async function* tokenized(corpus: WordCorpus): AsyncGenerator<string> {
  let at = 0;
  for await (const sentence of sentencesOf(corpus.files(), corpus.unit)) {
    const words = splitSentence(sentence);
    if (words.length > 0 && at++ % everyNth === 0) yield `${words.join(' ')}\n`;
  }
}

async function runHere(sentences: string, parameters: TrainingParameters, language: Language): Promise<Run> {
  let first: { words: number; usage: NodeJS.CpuUsage } | undefined;
  // CPU time counts from the first report to the finished model: reading the corpus is not training, here as there.
  const onProgress = ({ words }: { words: number }) => {
    first ??= { words, usage: process.cpuUsage() };
  };
  const file = { name: sentences, chunks: [readFileSync(sentences)] };
  const { model, progress } = await trainWords([file], parameters, { onProgress });
  const { user, system } = process.cpuUsage(first!.usage);
  const wordsPerCpuSecond = (progress.words - first!.words) / ((user + system) / 1e6);
  return { wordsPerCpuSecond, scores: scoresOf(model, language) };
}

async function runGensim(sentences: string, parameters: TrainingParameters, language: Language): Promise<GensimRun> {
  const { dimensions, window, negatives, epochs, minCount, sample, seed, rate } = parameters;
  const same = { vector_size: dimensions, window, negative: negatives, epochs, min_count: minCount, sample, seed };
  const settings = JSON.stringify({ ...same, alpha: rate, sg: 1, workers: 1 });
  const file = join(folder, 'gensim.bin');
  const wordsPerCpuSecond = Number(runPython(python!, gensimScript, [sentences, file, settings]));
  const { parts } = await readWordFile([readFileSync(file)], 'word2vec-binary');
  const scores = scoresOf(new WordModel(parts), language);
  await balanceSpectrum([parts.vectors], parts.dimensions);
  // Another model, since one keeps its unit vectors.
  return { wordsPerCpuSecond, scores, balanced: scoresOf(new WordModel(parts), language) };
}

function report<Each extends Run>(name: string, run: Each): Each {
  const scores = run.scores.map((score) => `${score.name} ${score.value.toFixed(3)}`).join(', ');
  console.log(`${name}: ${Math.round(run.wordsPerCpuSecond)} words / s of CPU, ${scores}`);
  return run;
}

/** A table in Markdown: mean ± standard deviation over the seeds. */
function print(title: string, ours: readonly Run[], theirs: readonly GensimRun[]): void {
  if (ours.length === 0) return;
  console.log(`\n| ${title} | kindred | gensim | ratio | gensim, balanced |\n|---|---|---|---|---|`);
  const rates = (runs: readonly Run[]) => runs.map((run) => run.wordsPerCpuSecond / 1_000);
  row('thousand words / s of CPU', rates(ours), rates(theirs), [], 0);
  for (const [at, { name, known }] of ours[0]!.scores.entries()) {
    const pick = (runs: readonly Run[]) => runs.map((run) => run.scores[at]!.value);
    const balanced = theirs.map((run) => run.balanced[at]!.value);
    row(`${name} (${known} known)`, pick(ours), pick(theirs), balanced, 3);
  }
  console.log();
}

type Values = readonly number[];

function row(name: string, ours: Values, theirs: Values, balanced: Values, digits: number): void {
  const cell = (each: Values) =>
    each.length === 0
      ? ''
      : `${mean(each).toFixed(digits)}${each.length > 1 ? ` ± ${spread(each).toFixed(digits)}` : ''}`;
  // Beside nothing, or what is worse than nothing, a ratio says nothing.
  const ratio = theirs.length > 0 && mean(theirs) > 0 ? ratioOf(ours, theirs) : '';
  console.log(`| ${name} | ${cell(ours)} | ${cell(theirs)} | ${ratio} | ${cell(balanced)} |`);
}

/** Of the means; with its standard error from the seeds where both have several. */
function ratioOf(ours: Values, theirs: Values): string {
  const ratio = mean(ours) / mean(theirs);
  if (ours.length < 2 || theirs.length < 2) return ratio.toFixed(2);
  const share = (each: Values) => (spread(each) / mean(each)) ** 2 / each.length;
  return `${ratio.toFixed(2)} ± ${(Math.abs(ratio) * Math.sqrt(share(ours) + share(theirs))).toFixed(2)}`;
}

function mean(each: Values): number {
  return each.reduce((sum, value) => sum + value, 0) / each.length;
}

/** Standard deviation of a sample. */
function spread(each: Values): number {
  const middle = mean(each);
  return Math.sqrt(each.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (each.length - 1));
}
