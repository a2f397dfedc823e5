import type { KindredClient } from '@kindred/client';
import type { ModelRef, VectorStatus } from '@kindred/contracts';
import { Command, Option } from 'commander';
import { addConnectionOptions, type ConnectionOptions, withClient } from '../connection.ts';
import { modelArgument } from '../models/model-argument.ts';
import { commandLine } from '../output/command-line.ts';
import { plural } from '../output/format.ts';
import { jsonText } from '../output/json.ts';
import { Interrupted, processTerminal, type Terminal } from '../output/terminal.ts';
import { vectorsForJson, vectorsText } from '../vectors/vectors-text.ts';
import { toRepair, waitForRepair } from '../vectors/wait-for-repair.ts';

interface StatusOptions extends ConnectionOptions {
  collection?: string;
}

interface ReconcileOptions extends StatusOptions {
  model?: ModelRef;
  retryRefused?: boolean;
  wait?: boolean;
}

const statusExamples = `
Examples:
  $ kindred vectors status
  $ kindred vectors status --collection products --json | jq '.vectors[] | select(.missing > 0)'

missing: items whose vector is still to come; stale: vectors of an older text; orphaned: vectors without an item;
refused: of the missing and stale ones those that the model does not take, with the reasons below.`;

const reconcileExamples = `
Examples:
  $ kindred vectors reconcile --wait
  $ kindred vectors reconcile --collection products --model e5-small@1 --retry-refused`;

const none = 'There are no vectors, and nothing that needs one.';

export function vectorsCommand(terminal: Terminal = processTerminal): Command {
  const vectors = new Command('vectors').description('Count and repair the vectors of items');
  const status = vectors
    .command('status')
    .description('Missing, stale, orphaned and refused vectors, counted exactly')
    .option('-c, --collection <name>', 'of one collection')
    .addHelpText('after', statusExamples);
  addConnectionOptions(status).action((options: StatusOptions) => showStatus(options, terminal));
  const reconcile = vectors
    .command('reconcile')
    .description('Embed what is missing or stale and delete what is orphaned, in the background')
    .option('-c, --collection <name>', 'of one collection')
    .addOption(new Option('--model <name[@version]>', 'of one model').argParser(modelArgument))
    .option('--retry-refused', 'try items again that the model refused')
    .option('--wait', 'until it is done')
    .addHelpText('after', reconcileExamples);
  addConnectionOptions(reconcile).action((options: ReconcileOptions) => reconcileVectors(options, terminal));
  return vectors;
}

async function showStatus(options: StatusOptions, terminal: Terminal): Promise<void> {
  const { collection } = options;
  const { vectors } = await withClient(options, (client) => client.models.getVectorStatus({ collection }));
  print(vectors, options, terminal);
}

const print = (vectors: VectorStatus[], { json }: ConnectionOptions, terminal: Terminal) =>
  terminal.print(json ? jsonText({ vectors: vectorsForJson(vectors) }) : vectorsText(vectors) || none);

async function reconcileVectors(options: ReconcileOptions, terminal: Terminal): Promise<void> {
  const { collection, model, retryRefused = false } = options;
  await withClient(options, async (client) => {
    const { vectors } = await client.models.reconcileVectors({ collection, model, retryRefused });
    if (options.wait) return print(await waited(client, options, terminal), options, terminal);
    print(vectors, options, terminal);
    if (options.json) return;
    const left = vectors.reduce((sum, row) => sum + toRepair(row), 0);
    const where = collection === undefined ? [] : ['--collection', collection];
    const again = commandLine(['vectors', 'status', ...where], options);
    terminal.print(`\nrepairing ${plural(left, 'vector')} in the background: ${again}`);
  });
}

async function waited(client: KindredClient, options: ReconcileOptions, terminal: Terminal): Promise<VectorStatus[]> {
  const { collection = '', model } = options;
  try {
    return await terminal.untilInterrupted((signal) => waitForRepair(client, { collection, model }, terminal, signal));
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    const again = commandLine(['vectors', 'status'], options);
    throw new Interrupted(`\nstopped watching; the server goes on. To look again:\n  ${again}`);
  }
}
