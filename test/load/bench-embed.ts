// npm run bench:embed: titles and passages a second of each provider, by texts per call and threads, and memory.
// The built-in model remembers words: it is measured by the first pass over all titles and by the best of those that follow.
// Milliseconds of CPU per text stand beside: they say more than a rate on a machine that does other things.
// A hosted model is measured where KINDRED_BENCH_OPENAI_URL and KINDRED_BENCH_OPENAI_MODEL say where it is.
import { fork } from 'node:child_process';
import os from 'node:os';
import { type EmbeddingModel, embedTexts, type ModelDefinition, openModel } from '@kindred/embedder';
import { readDemo } from '../../apps/kindred/src/demo/demo-files.ts';
import { type Document, hasDataset, korquadDev, scifactTrain } from '../quality/datasets.ts';
import { hasModel, miniLm, modelFolder } from '../quality/test-models.ts';

const batchSizes = [1, 32, 256];
const threadCounts = [1, 2];
/** Milliseconds after which a measurement ends with the call that is under way. */
const enough = 3_000;
/** More passages at a time take a minute and say what these say. */
const mostPassages = 32;
/** Of these the best counts. */
const warmPasses = 4;

interface Run {
  name: string;
  threads: number;
  definition: ModelDefinition;
  /** Texts a call. */
  batches: number[];
  /** Measures the first pass of a process over a corpus, which meets new words in code not yet compiled, and warm ones. */
  passes?: boolean;
}

interface Row {
  name: string;
  threads: number;
  batch: number;
  /** Absent where the data is. */
  rates: Partial<Record<Corpus, Rate>>;
  /** Megabytes resident after the run. */
  memory: number;
}

interface Rate {
  perSecond: number;
  /** Milliseconds of all threads of this process, per text. */
  cpu: number;
}

const corpora = ['titles', 'passages', 'Korean passages'] as const;
type Corpus = (typeof corpora)[number];

// A process of its own for each run: what one model leaves in memory is not counted for the next.
if (process.send) {
  const [run] = process.argv.slice(2);
  process.send(await measureRun(JSON.parse(run!) as Run));
  process.disconnect();
} else {
  const { length } = os.cpus();
  const date = new Date().toISOString().slice(0, 10);
  console.log(
    `${length} cores, ${os.cpus()[0]!.model}, load ${os.loadavg()[0]!.toFixed(1)}, Node ${process.version}, ${date}\n`,
  );
  print(['provider', 'threads', 'texts a call', ...corpora.map((corpus) => `${corpus}/s (CPU)`), 'memory']);
  for (const run of runs()) for (const row of await inProcess(run)) printRow(row);
}

function runs(): Run[] {
  const definition = (provider: string, name: string, parameters: Record<string, unknown>) => ({
    name,
    version: '1',
    provider,
    parameters,
  });
  const builtIn = definition('built-in', 'kindred-text', {});
  const found: Run[] = batchSizes.map((batch) => ({
    name: 'built-in',
    threads: 1,
    definition: builtIn,
    batches: [batch],
    passes: true,
  }));
  if (hasModel(miniLm)) {
    for (const threads of threadCounts) {
      const parameters = { folder: miniLm, dtype: 'q8', threads };
      const onnx = definition('onnx', miniLm, parameters);
      found.push({ name: `onnx ${miniLm} q8`, threads, definition: onnx, batches: batchSizes });
    }
  }
  const { KINDRED_BENCH_OPENAI_URL: baseUrl, KINDRED_BENCH_OPENAI_MODEL: model } = process.env;
  if (!baseUrl || !model) {
    console.log(
      'skipped: no hosted model; set KINDRED_BENCH_OPENAI_URL, KINDRED_BENCH_OPENAI_MODEL and, with a key, KINDRED_BENCH_OPENAI_KEY',
    );
    return found;
  }
  const apiKeyName = process.env.KINDRED_BENCH_OPENAI_KEY ? 'KINDRED_BENCH_OPENAI_KEY' : undefined;
  for (const concurrency of threadCounts) {
    const parameters = { baseUrl, model, concurrency, apiKeyName, timeoutMs: 120_000, retryBudgetMs: 0 };
    const hosted = definition('openai', model, parameters);
    found.push({ name: `openai ${model}`, threads: concurrency, definition: hosted, batches: batchSizes });
  }
  return found;
}

function inProcess(run: Run): Promise<Row[]> {
  return new Promise((resolve, reject) => {
    const child = fork(import.meta.filename, [JSON.stringify(run)]);
    let rows: Row[] | undefined;
    child.on('message', (message: Row[]) => {
      rows = message;
    });
    child.on('exit', (code) => (rows ? resolve(rows) : reject(new Error(`${run.name} ended with ${code}`))));
  });
}

async function measureRun({ name, threads, definition, batches, passes }: Run): Promise<Row[]> {
  const model = await openModel(definition, { modelFolder, secret: (secret) => process.env[secret] });
  const texts = await readCorpora();
  const rows: Row[] = [];
  for (const batch of batches) {
    const [first, warm]: [Row['rates'], Row['rates']] = [{}, {}];
    for (const [corpus, each] of texts) {
      if (corpus !== 'titles' && batch > mostPassages) continue;
      if (passes) first[corpus] = await rateOf(model, each, batch);
      else await embedTexts(model, each.slice(0, 8), 'document');
      warm[corpus] = passes ? await bestRate(model, each, batch) : await rateOf(model, each, batch);
    }
    const row = { threads, batch, memory: process.memoryUsage.rss() / 2 ** 20 };
    if (passes) rows.push({ name: `${name}, first pass`, ...row, rates: first });
    rows.push({ name: passes ? `${name}, warm` : name, ...row, rates: warm });
  }
  await model.close();
  return rows;
}

async function bestRate(model: EmbeddingModel, texts: readonly string[], batch: number): Promise<Rate> {
  const rates: Rate[] = [];
  for (let pass = 0; pass < warmPasses; pass++) rates.push(await rateOf(model, texts, batch));
  return {
    perSecond: Math.max(...rates.map(({ perSecond }) => perSecond)),
    cpu: Math.min(...rates.map(({ cpu }) => cpu)),
  };
}

async function rateOf(model: EmbeddingModel, texts: readonly string[], batch: number): Promise<Rate> {
  const started = performance.now();
  const cpuBefore = process.cpuUsage();
  let done = 0;
  for (let start = 0; start < texts.length && performance.now() - started < enough; start += batch) {
    done += (await embedTexts(model, texts.slice(start, start + batch), 'document')).length;
  }
  const { user, system } = process.cpuUsage(cpuBefore);
  return { perSecond: (done * 1_000) / (performance.now() - started), cpu: (user + system) / 1_000 / done };
}

async function readCorpora(): Promise<Map<Corpus, string[]>> {
  const titles: string[] = [];
  for await (const { value } of readDemo('products')) {
    titles.push((JSON.parse(value) as { title: string }).title);
  }
  const whole = ({ title, body }: Document) => `${title} ${body}`.trim();
  const texts = new Map<Corpus, string[]>([['titles', titles]]);
  if (hasDataset('scifact')) texts.set('passages', scifactTrain().documents.map(whole));
  if (hasDataset('korquad1-dev')) texts.set('Korean passages', korquadDev().documents.map(whole));
  return texts;
}

function printRow({ name, threads, batch, rates, memory }: Row): void {
  const figures = corpora.map((corpus) => {
    const rate = rates[corpus];
    return rate
      ? `${rate.perSecond.toFixed(rate.perSecond < 100 ? 1 : 0)} (${rate.cpu.toFixed(rate.cpu < 1 ? 3 : 1)} ms)`
      : '-';
  });
  print([name, String(threads), String(batch), ...figures, `${memory.toFixed(0)} MB`]);
}

function print([name, ...cells]: string[]): void {
  console.log([name!.padEnd(28), ...cells.map((cell) => cell.padStart(25))].join(''));
}
