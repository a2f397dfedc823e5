import { modelName } from '@kindred/client';
import type { ModelRef } from '@kindred/contracts';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { UsageError } from '../cli-error.ts';
import { addConnectionOptions, type ConnectionOptions, withClient } from '../connection.ts';
import { comparisonText } from '../models/comparison-text.ts';
import { readJudgedQueries } from '../models/judged-queries.ts';
import { MigrateModel, type MigrateOptions, patience } from '../models/migrate-model.ts';
import { modelArgument } from '../models/model-argument.ts';
import { afterSwitch } from '../models/next-commands.ts';
import { plural } from '../output/format.ts';
import { jsonText } from '../output/json.ts';
import type { Terminal } from '../output/terminal.ts';
import { wholeNumber } from './options.ts';

interface CollectionOptions extends ConnectionOptions {
  collection: string;
}

interface CompareOptions extends CollectionOptions {
  judged?: string;
  recent?: number;
}

interface ActivateOptions extends CollectionOptions {
  acceptRefused?: boolean;
}

const migrateExamples = `
Examples:
  $ kindred models migrate --collection products --to e5-small
  $ kindred models migrate -c products --to e5-small@1 --rate 200 --judged queries.jsonl --yes --switch

Searches stay as they are until the switch, and live changes go to both models. Ctrl-C leaves the server working; the
same command attaches again. A judged query is a line like {"query": "무선 마우스", "grades": {"S-001": 2}}.`;

const compareExamples = `
Examples:
  $ kindred models compare --collection products --judged queries.jsonl
  $ kindred models compare -c products kindred-text e5-small@1 --recent 1000 --json`;

export function addChangeCommands(models: Command, terminal: Terminal): void {
  addMigrate(models, terminal);
  addCompare(models, terminal);
  const activate = models
    .command('activate')
    .description('Switch: the next answer is the new model’s')
    .argument('[name[@version]]', 'model; without it the one that was filled', modelArgument)
    .addOption(collection())
    .option('--accept-refused', 'although items that the model refused have no vector')
    .addHelpText('after', '\nExamples:\n  $ kindred models activate --collection products');
  addConnectionOptions(activate).action((model: ModelRef | undefined, options: ActivateOptions) =>
    activateModel(model, options, terminal),
  );
  const rollback = models
    .command('rollback')
    .description('Back to the model before, at once')
    .addOption(collection())
    .addHelpText('after', '\nExamples:\n  $ kindred models rollback --collection products');
  addConnectionOptions(rollback).action((options: CollectionOptions) => rollbackModel(options, terminal));
  const drop = models
    .command('drop')
    .description('Delete the vectors of a model that is not searched any more, or not yet')
    .argument('<name[@version]>', 'model', modelArgument)
    .addOption(collection())
    .addHelpText('after', '\nExamples:\n  $ kindred models drop kindred-text@1 --collection products');
  addConnectionOptions(drop).action((model: ModelRef, options: CollectionOptions) =>
    dropModel(model, options, terminal),
  );
}

const collection = () => new Option('-c, --collection <name>', 'collection to change').makeOptionMandatory();

function addMigrate(models: Command, terminal: Terminal): void {
  const migrate = models
    .command('migrate')
    .description('Fill another model’s vectors, compare, and switch')
    .addOption(collection())
    .addOption(new Option('--to <name[@version]>', 'the new model').argParser(modelArgument).makeOptionMandatory())
    .option('--rate <number>', 'items per second at most; else as fast as it goes', positive)
    .option('--judged <file>', 'judged queries to compare with, JSON Lines')
    .option('--switch', 'switch as soon as it is ready')
    .option('-y, --yes', 'do not ask')
    .addHelpText('after', migrateExamples);
  addConnectionOptions(migrate).action(async (options: MigrateOptions) => {
    // Read first: a bad line must not show after hours of filling.
    const judged = options.judged === undefined ? [] : await readJudgedQueries(options.judged);
    await withClient(options, (client) => new MigrateModel(client, options, terminal).run(judged));
  });
}

function positive(text: string): number {
  const value = Number(text);
  if (value > 0 && Number.isFinite(value)) return value;
  throw new InvalidArgumentError('Give items per second, above 0.');
}

function addCompare(models: Command, terminal: Terminal): void {
  const compare = models
    .command('compare')
    .description('The same queries on two models that both have vectors')
    .argument('[left]', 'NAME[@VERSION]; without both: the searched one and the next or the one before', modelArgument)
    .argument('[right]', 'NAME[@VERSION]', modelArgument)
    .addOption(collection())
    .option('--judged <file>', 'judged queries, JSON Lines')
    .option('--recent <number>', 'recent queries to take, 0-1000; else 200', wholeNumber(0, 1000))
    .addHelpText('after', compareExamples);
  addConnectionOptions(compare).action(
    (left: ModelRef | undefined, right: ModelRef | undefined, options: CompareOptions) =>
      compareModels({ left, right }, options, terminal),
  );
}

async function compareModels(
  { left, right }: { left?: ModelRef; right?: ModelRef },
  options: CompareOptions,
  terminal: Terminal,
): Promise<void> {
  if (left && !right) throw new UsageError('give both models to compare, or neither');
  const judged = options.judged === undefined ? [] : await readJudgedQueries(options.judged);
  const request = { collection: options.collection, left, right, judged, recent: options.recent };
  const { comparison } = await withClient(options, (client) => client.models.compareModels(request, patience(options)));
  if (options.json) terminal.print(jsonText({ comparison }));
  else if (comparison) terminal.print(comparisonText(comparison));
}

async function activateModel(model: ModelRef | undefined, options: ActivateOptions, terminal: Terminal): Promise<void> {
  const request = { collection: options.collection, model, acceptRefused: options.acceptRefused ?? false };
  const answer = await withClient(options, (client) => client.models.activateModel(request));
  if (options.json) return terminal.print(jsonText(answer));
  terminal.print(`switched: ${options.collection} is searched with ${modelName(answer.active)}`);
  for (const line of afterSwitch(options, answer.previous)) terminal.print(line);
}

async function rollbackModel(options: CollectionOptions, terminal: Terminal): Promise<void> {
  const request = { collection: options.collection };
  const answer = await withClient(options, (client) => client.models.rollbackModel(request));
  if (options.json) return terminal.print(jsonText(answer));
  terminal.print(`${options.collection} is searched with ${modelName(answer.active)} again`);
}

async function dropModel(model: ModelRef, options: CollectionOptions, terminal: Terminal): Promise<void> {
  const request = { collection: options.collection, model };
  const answer = await withClient(options, (client) => client.models.dropModel(request));
  if (options.json) return terminal.print(jsonText(answer));
  terminal.print(`deleted ${plural(answer.deletedVectors, 'vector')} of ${modelName(model)} in ${options.collection}`);
}
