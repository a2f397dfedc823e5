import { randomBytes } from 'node:crypto';
import type { KindredClient } from '@kindred/client';
import type { FactorSettings, TrainingRun } from '@kindred/contracts';
import { CliError } from '../cli-error.ts';
import { type ConnectionOptions, withClient } from '../connection.ts';
import { jsonText } from '../output/json.ts';
import { ProgressBar } from '../output/progress.ts';
import type { Terminal } from '../output/terminal.ts';
import { factsText, progressText, runText } from './run-text.ts';

export interface TrainOptions extends ConnectionOptions, FactorSettings {
  collection: string;
  dataset?: string;
  resume?: number;
  threads: number;
  search?: number;
  searchSeconds?: number;
}

/** An epoch on a large collection takes minutes in which nothing is said. */
const patienceMs = 6 * 3_600_000;

export async function train(options: TrainOptions, terminal: Terminal): Promise<void> {
  const run = await withClient(options, (client) => trained(client, options, terminal));
  terminal.print(options.json ? jsonText({ run }, { messages: ['metrics', 'settings'] }) : runText(run));
}

async function trained(client: KindredClient, options: TrainOptions, terminal: Terminal): Promise<TrainingRun> {
  const { collection, resume, threads, search, searchSeconds } = options;
  const dataset = resume ? options.dataset : (options.dataset ?? (await recorded(client, collection)));
  const { dimensions, epochs, unobserved, regularization, exponent, seed } = options;
  const settings = { dimensions, epochs, unobserved, regularization, exponent, seed };
  const begin = { collection, dataset, threads, resume: BigInt(resume ?? 0) };
  const request = { ...begin, settings, searchTrials: search ?? 0, searchSeconds: searchSeconds ?? 0 };
  const bar = new ProgressBar('training');
  let told = false;
  try {
    for await (const { part } of client.training.train([request], { deadlineMs: patienceMs })) {
      if (part?.$case === 'result') return part.value;
      if (part?.$case !== 'progress') continue;
      const { facts, epoch, epochs: most } = part.value;
      if (facts && !told && !options.json) terminal.print(factsText(facts));
      told ||= facts !== undefined;
      bar.update(most > 0 ? epoch / most : 0, progressText(part.value));
    }
    throw new CliError('the server ended the training without a result; kindred trainings shows what became of it');
  } finally {
    bar.stop();
  }
}

/** A record of what this training reads, so that its figures can be told from those of other data. */
async function recorded(client: KindredClient, collection: string): Promise<string> {
  const day = new Date().toISOString().slice(0, 10).replaceAll('-', '');
  const name = `${collection.slice(0, 40)}-train-${day}-${randomBytes(3).toString('hex')}`;
  const description = 'recorded by kindred train';
  await client.datasets.createDataset({ name, collection, description }, { deadlineMs: patienceMs });
  return name;
}
