import { Command } from 'commander';
import { addConnectionOptions, type ConnectionOptions, withClient } from '../connection.ts';
import { indexesForJson, indexesText } from '../indexes/indexes-text.ts';
import { waitForIndexes } from '../indexes/wait-for-indexes.ts';
import { commandLine } from '../output/command-line.ts';
import { jsonText } from '../output/json.ts';
import { Interrupted, processTerminal, type Terminal } from '../output/terminal.ts';

interface RebuildOptions extends ConnectionOptions {
  wait: boolean;
}

const listExamples = `
Examples:
  $ kindred indexes list
  $ kindred indexes list products --json | jq '.indexes[] | select(.bloat > 1.5)'

recent: rows written since the index was built, which are searched beside it and moved into it by themselves.
recall@10: of probes made of its own vectors, by ef_search; measured when it was built (kindred recall has all breadths).
bloat: the index's size by that of a fresh one. "due" ones are built by themselves: they are not as declared, have
bloated, leave too many recent rows out, or were cut short. Declare other settings with kindred collections put.`;

const rebuildExamples = `
Examples:
  $ kindred indexes rebuild products
  $ kindred indexes rebuild products --no-wait

The collection stays searchable and writable. It takes room for a second copy of its vectors meanwhile.`;

const none = 'There are no vectors, and so no indexes.';

export function indexesCommand(terminal: Terminal = processTerminal): Command {
  const indexes = new Command('indexes').description('List and rebuild the vector indexes of collections');
  const list = indexes
    .command('list')
    .description('Kind, settings, rows, size, bloat and state')
    .argument('[collection]', 'of one collection')
    .addHelpText('after', listExamples);
  addConnectionOptions(list).action((collection: string | undefined, options: ConnectionOptions) =>
    listIndexes(collection, options, terminal),
  );
  const rebuild = indexes
    .command('rebuild')
    .description('Build the vector indexes of a collection anew, as declared')
    .argument('<collection>', 'collection')
    .option('--no-wait', 'do not watch')
    .addHelpText('after', rebuildExamples);
  addConnectionOptions(rebuild).action((collection: string, options: RebuildOptions) =>
    rebuildIndexes(collection, options, terminal),
  );
  return indexes;
}

async function listIndexes(collection: string | undefined, options: ConnectionOptions, terminal: Terminal) {
  const { indexes } = await withClient(options, (client) => client.models.listIndexes({ collection }));
  terminal.print(options.json ? jsonText({ indexes: indexesForJson(indexes) }) : indexesText(indexes) || none);
}

async function rebuildIndexes(collection: string, options: RebuildOptions, terminal: Terminal): Promise<void> {
  const again = commandLine(['indexes', 'list', collection], options);
  await withClient(options, async (client) => {
    const before = await client.models.rebuildIndex({ collection });
    if (!options.wait) {
      if (options.json) terminal.print(jsonText({ indexes: indexesForJson(before.indexes) }));
      else terminal.print(`building in the background: ${again}`);
      return;
    }
    try {
      const after = await terminal.untilInterrupted((signal) => waitForIndexes(client, collection, terminal, signal));
      terminal.print(options.json ? jsonText({ indexes: indexesForJson(after) }) : indexesText(after) || none);
    } catch (error) {
      if (!(error instanceof Interrupted)) throw error;
      throw new Interrupted(`\nstopped watching; the server goes on. To look again:\n  ${again}`);
    }
  });
}
