import { modelName } from '@kindred/client';
import type { ModelRef } from '@kindred/contracts';
import { Command, Option } from 'commander';
import { addConnectionOptions, type ConnectionOptions, withClient } from '../connection.ts';
import { modelArgument } from '../models/model-argument.ts';
import { modelParameters } from '../models/model-parameters.ts';
import { modelForJson, modelsTable, modelText } from '../models/model-text.ts';
import { migrateCommand } from '../models/next-commands.ts';
import { count } from '../output/format.ts';
import { jsonText } from '../output/json.ts';
import { processTerminal, type Terminal } from '../output/terminal.ts';
import { vectorsForJson } from '../vectors/vectors-text.ts';
import { addChangeCommands } from './models-change.command.ts';
import { collect } from './options.ts';

interface RegisterOptions extends ConnectionOptions {
  version: string;
  provider: string;
  param?: string[];
  params?: string;
  dataset?: string;
}

const providers = ['built-in', 'onnx', 'openai', 'image', 'clip', 'sound', 'words'];

const registerExamples = `
Examples:
  $ kindred models register e5-small --version 1 --provider onnx \\
      --param folder=Xenova/multilingual-e5-small --param 'queryPrefix=query: ' --param 'documentPrefix=passage: '
  $ kindred models register openai-small --version 1 --provider openai --params openai-small.json

A value that is JSON is taken as such (threads=2, sendDimensions=true), any other as a text. Keys do not belong here:
the server reads them from its own environment. A registered version never changes; the next one gets a new --version.`;

export function modelsCommand(terminal: Terminal = processTerminal): Command {
  const models = new Command('models').description('Register embedding models, and change the one of a collection');
  const list = models
    .command('list')
    .description('All registered models')
    .addHelpText('after', '\nExamples:\n  $ kindred models list\n  $ kindred models list --json');
  addConnectionOptions(list).action((options: ConnectionOptions) => listModels(options, terminal));
  const show = models
    .command('show')
    .description('Everything that is known of a model')
    .argument('<name[@version]>', 'model; without a version its newest', modelArgument)
    .addHelpText(
      'after',
      '\nExamples:\n  $ kindred models show kindred-text\n  $ kindred models show e5-small@1 --json',
    );
  addConnectionOptions(show).action((model: ModelRef, options: ConnectionOptions) =>
    showModel(model, options, terminal),
  );
  const register = models
    .command('register')
    .description('Open a model at the server and record what it is; no collection uses it yet')
    .argument('<name>', '1-64 characters of a-z, 0-9, "-", "_", "."')
    .addOption(new Option('--version <version>', 'of the model').makeOptionMandatory())
    .addOption(new Option('--provider <provider>', 'what runs it').choices(providers).makeOptionMandatory())
    .option('--param <key=value>', 'a setting of the provider; may be repeated', collect)
    .option('--params <file>', 'the same as one JSON object; --param wins')
    .option('--dataset <name>', 'the dataset it was trained on')
    .addHelpText('after', registerExamples);
  addConnectionOptions(register).action((name: string, options: RegisterOptions) =>
    registerModel(name, options, terminal),
  );
  addChangeCommands(models, terminal);
  return models;
}

async function listModels(options: ConnectionOptions, terminal: Terminal): Promise<void> {
  const { models } = await withClient(options, (client) => client.embedding.listModels({}));
  if (options.json) terminal.print(jsonText({ models: models.map(modelForJson) }));
  else terminal.print(modelsTable(models) || 'There are no models yet: kindred models register adds one.');
}

async function showModel(ref: ModelRef, options: ConnectionOptions, terminal: Terminal): Promise<void> {
  const { model, vectors } = await withClient(options, (client) => client.models.getModel({ model: ref }));
  if (options.json) {
    return terminal.print(jsonText({ model: model && modelForJson(model), vectors: vectorsForJson(vectors) }));
  }
  if (model) terminal.print(modelText(model, vectors));
}

async function registerModel(name: string, options: RegisterOptions, terminal: Terminal): Promise<void> {
  const { version, provider, dataset } = options;
  const parameters = await modelParameters(options.param, options.params);
  const request = { name, version, provider, parameters, dataset };
  const { model } = await withClient(options, (client) => client.models.registerModel(request));
  if (options.json) return terminal.print(jsonText({ model: model && modelForJson(model) }));
  if (!model) return;
  const identity = `${count(model.dimensions)} dimensions, ${model.dtype}, artifact ${model.artifactHash}`;
  terminal.print(`registered ${modelName(model)}: ${identity}`);
  terminal.print(`move a collection to it:\n  ${migrateCommand({ ...options, collection: '<name>' }, model)}`);
}
