import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ConnectionOptions, withClient } from '../connection.ts';
import { count, longTime, plural } from '../output/format.ts';
import { jsonText } from '../output/json.ts';
import type { Terminal } from '../output/terminal.ts';
import { applyRecommendation, checkApplicable } from './apply-recommendation.ts';
import { checkFolder } from './check-folder.ts';
import { paretoFront } from './pareto.ts';
import { embedTexts } from './query-vectors.ts';
import { type Recommendation, recommend, recommendationLines, type TuneTarget, targetText } from './recommend.ts';
import { resultsCsv } from './results-csv.ts';
import { markedRows, resultsTable } from './results-table.ts';
import type { GridName } from './tune-grid.ts';
import { tuneOnCopy } from './tune-on-copy.ts';
import type { TuneRun } from './tune-result.ts';
import type { TunedCollection } from './tuned-collection.ts';

export interface TuneOptions extends ConnectionOptions {
  collection: string;
  tenant: string;
  model?: string;
  queries?: string;
  recent?: boolean;
  sample: number;
  rows: number;
  grid: GridName;
  clients: number;
  seconds: number;
  buildMemory: number;
  recall?: number;
  latency?: number;
  output?: string;
  apply?: boolean;
}

/** Measures, prints, writes the files and, where asked, applies. `url` is the migrator's. */
export async function tune(url: string, options: TuneOptions, terminal: Terminal): Promise<void> {
  const embed = (texts: string[], of: Parameters<typeof embedTexts>[1]) =>
    withClient(options, (client) => embedTexts(client, of, texts));
  const check = async (of: TunedCollection) => {
    if (options.apply) await withClient(options, (client) => checkApplicable(client, of));
  };
  const folder = options.output ?? `kindred-tune-${options.collection}`;
  await checkFolder(folder);
  const run = await terminal.untilInterrupted((signal) => tuneOnCopy(url, options, { embed, check, terminal, signal }));
  const target: TuneTarget =
    options.latency === undefined ? { recall: options.recall ?? defaultRecall } : { latencyMs: options.latency };
  const recommendation = recommend(run.results, target, run.facts);
  const files = await writeFiles(folder, run, recommendation);
  if (options.json) terminal.print(jsonText(documentOf(run, recommendation)));
  else print(run, recommendation, files, terminal);
  if (options.apply) await apply(options, recommendation, terminal);
}

/** What misses the target may be the slowest or the least exact there is, so nobody gets it unasked. */
async function apply(
  options: TuneOptions,
  recommendation: Recommendation | undefined,
  terminal: Terminal,
): Promise<void> {
  if (!recommendation?.reached) {
    const why = recommendation ? `nothing reaches a ${targetText(recommendation.target)}` : 'nothing is recommended';
    return terminal.note(`! nothing was changed in ${options.collection}: ${why}`);
  }
  const { best } = recommendation;
  const lines = await withClient(options, (client) => applyRecommendation(client, options.collection, best));
  for (const line of lines) terminal.note(line);
}

const defaultRecall = 0.95;

function print(run: TuneRun, recommendation: Recommendation | undefined, files: string[], terminal: Terminal): void {
  const { facts, results, notes, seconds } = run;
  const copied = `${plural(facts.rows, 'vector')} of ${count(facts.total)}, ${facts.dimensions} dimensions, ${facts.stored}`;
  terminal.print(`${facts.collection}: ${copied}; ${facts.model}; queries: ${facts.source}`);
  terminal.print(`an exact scan takes ${facts.exactP50Ms.toFixed(2)} ms (p50); measured in ${longTime(seconds)}\n`);
  terminal.print(resultsTable(markedRows(results, paretoFront(results), recommendation?.best)));
  terminal.print('\n* Pareto front of recall@10 and QPS, > recommended; R@k recall against exact search');
  for (const note of notes) terminal.print(`note: ${note}`);
  for (const line of recommendation ? recommendationLines(recommendation) : []) terminal.print(line);
  terminal.print(`written: ${files.join(', ')}`);
}

async function writeFiles(folder: string, run: TuneRun, recommendation: Recommendation | undefined): Promise<string[]> {
  // Not loaded by other commands: with it comes the charting library.
  const { reportHtml } = await import('./report-html.ts');
  await mkdir(folder, { recursive: true });
  const contents: Record<string, string> = {
    'results.csv': resultsCsv(run.results),
    'results.json': `${jsonText(documentOf(run, recommendation))}\n`,
    'report.html': await reportHtml(run, recommendation),
  };
  const files = Object.keys(contents).map((name) => join(folder, name));
  await Promise.all(files.map((file, at) => writeFile(file, Object.values(contents)[at]!)));
  return files;
}

const documentOf = (run: TuneRun, recommendation: Recommendation | undefined) => ({
  ...run,
  front: paretoFront(run.results),
  recommendation,
});
