import type { Dataset, DiffDatasetsResponse, VerifyDatasetResponse } from '@kindred/contracts';
import { Command, InvalidArgumentError, Option } from 'commander';
import { CliError } from '../cli-error.ts';
import { addConnectionOptions, type ConnectionOptions, withClient } from '../connection.ts';
import { parseTime } from '../import/parse-value.ts';
import { renderFields } from '../output/fields.ts';
import { count, moment, plural } from '../output/format.ts';
import { jsonText } from '../output/json.ts';
import { renderTable } from '../output/table.ts';
import { processTerminal, type Terminal } from '../output/terminal.ts';

interface CreateOptions extends ConnectionOptions {
  collection: string;
  description?: string;
  interactionsBefore?: Date;
}

interface ListOptions extends ConnectionOptions {
  collection?: string;
}

const createExamples = `
Examples:
  $ kindred datasets create autumn-2026 --collection movies --description "before the new catalog"
  $ kindred datasets create train -c movies --interactions-before 2026-11-01

A dataset records which revision of each item and which interactions there are now; it never changes.`;

export function datasetsCommand(terminal: Terminal = processTerminal): Command {
  const datasets = new Command('datasets').description('Record what a training or an evaluation used');
  const create = datasets
    .command('create')
    .description('Record the items and interactions of a collection under a name')
    .argument('<name>', '1-64 characters of a-z, 0-9, "-", "_", "."')
    .addOption(new Option('-c, --collection <name>', 'collection to record').makeOptionMandatory())
    .option('--description <text>', 'what it is for')
    .option('--interactions-before <date>', 'only interactions that occurred before, UTC unless it has a zone', time)
    .addHelpText('after', createExamples);
  addConnectionOptions(create).action((name: string, options: CreateOptions) => createDataset(name, options, terminal));
  const list = datasets
    .command('list')
    .description('All datasets, or those of a collection')
    .option('-c, --collection <name>', 'of one collection')
    .addHelpText('after', '\nExamples:\n  $ kindred datasets list\n  $ kindred datasets list -c movies --json');
  addConnectionOptions(list).action((options: ListOptions) => listDatasets(options, terminal));
  const diff = datasets
    .command('diff')
    .description('What the right one has that the left one has not, and the other way round')
    .argument('<left>', 'dataset')
    .argument('<right>', 'dataset')
    .addHelpText('after', '\nExamples:\n  $ kindred datasets diff autumn-2026 winter-2026');
  addConnectionOptions(diff).action((left: string, right: string, options: ConnectionOptions) =>
    diffDatasets({ left, right }, options, terminal),
  );
  const verify = datasets
    .command('verify')
    .description('Whether the record is unharmed (exit code 1 when not), and what moved on since')
    .argument('<name>', 'dataset')
    .addHelpText('after', '\nExamples:\n  $ kindred datasets verify autumn-2026');
  addConnectionOptions(verify).action((name: string, options: ConnectionOptions) =>
    verifyDataset(name, options, terminal),
  );
  return datasets;
}

function time(text: string): Date {
  const parsed = parseTime(text);
  if (parsed !== undefined) return new Date(parsed);
  throw new InvalidArgumentError('Give a date like 2026-11-01, or a time like 2026-11-01T09:00:00+09:00.');
}

async function createDataset(name: string, options: CreateOptions, terminal: Terminal): Promise<void> {
  const { collection, description, interactionsBefore } = options;
  const request = { name, collection, description, interactionsBefore };
  const { dataset } = await withClient(options, (client) => client.datasets.createDataset(request));
  if (options.json) return terminal.print(jsonText({ dataset }));
  if (dataset) terminal.print(`recorded ${dataset.name}: ${sizes(dataset)}, ${dataset.hash}`);
}

const sizes = ({ items, interactions }: Dataset) =>
  `${plural(items, 'item')} and ${plural(interactions, 'interaction')}`;

async function listDatasets(options: ListOptions, terminal: Terminal): Promise<void> {
  const { collection } = options;
  const { datasets } = await withClient(options, (client) => client.datasets.listDatasets({ collection }));
  if (options.json) terminal.print(jsonText({ datasets }));
  else terminal.print(datasetsTable(datasets) || 'There are no datasets. kindred datasets create <name> makes one.');
}

export function datasetsTable(datasets: Dataset[]): string {
  const columns = [
    { head: 'name', value: (row: Dataset) => row.name },
    { head: 'collection', value: (row: Dataset) => row.collection },
    { head: 'items', right: true, value: (row: Dataset) => count(row.items) },
    { head: 'interactions', right: true, value: (row: Dataset) => count(row.interactions) },
    { head: 'created', value: (row: Dataset) => moment(row.createdAt) },
    { head: 'hash', value: (row: Dataset) => row.hash.slice(0, 12) },
    { head: 'description', flexible: true, value: (row: Dataset) => row.description },
  ];
  return renderTable(columns, datasets);
}

async function diffDatasets(
  names: { left: string; right: string },
  options: ConnectionOptions,
  terminal: Terminal,
): Promise<void> {
  const diff = await withClient(options, (client) => client.datasets.diffDatasets(names));
  terminal.print(options.json ? jsonText(diff) : diffText(diff));
}

export function diffText(diff: DiffDatasetsResponse): string {
  const changes = `${count(diff.addedItems)} added, ${count(diff.removedItems)} removed, ${count(diff.changedItems)} changed`;
  const fields = renderFields([
    ['items', changes],
    ['interactions', `${count(diff.addedInteractions)} added, ${count(diff.removedInteractions)} removed`],
  ]);
  return [fields, ...diff.examples.map((example) => `  ${example}`)].join('\n');
}

async function verifyDataset(name: string, options: ConnectionOptions, terminal: Terminal): Promise<void> {
  const answer = await withClient(options, (client) => client.datasets.verifyDataset({ name }));
  if (options.json) terminal.print(jsonText(answer));
  else terminal.print(verifyText(name, answer));
  if (!answer.intact) throw new CliError(`${name} is not what was recorded; do not compare results that rest on it`);
}

export function verifyText(name: string, answer: VerifyDatasetResponse): string {
  const { dataset, intact, computedHash } = answer;
  return [
    intact ? `${name} is intact` : `${name} is damaged`,
    renderFields([
      ['recorded', dataset ? sizes(dataset) : ''],
      ['hash', dataset?.hash ?? ''],
      ['computed hash', intact ? '' : computedHash],
      ['since then', `${plural(answer.changedItems, 'item')} changed, ${plural(answer.goneItems, 'item')} gone`],
      ['erased', answer.goneInteractions === 0n ? '' : plural(answer.goneInteractions, 'interaction')],
    ]),
  ].join('\n');
}
