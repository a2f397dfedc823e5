import { createInterface } from 'node:readline/promises';
import { type Attribute, Collection, Distance, IndexElement, IndexKind, UnknownAttributes } from '@kindred/contracts';
import { Command } from 'commander';
import { UsageError } from '../cli-error.ts';
import { addConnectionOptions, type ConnectionOptions, withClient } from '../connection.ts';
import { attributeTypeName } from '../import/infer-attributes.ts';
import { enumName } from '../output/enum-name.ts';
import { count, plural } from '../output/format.ts';
import { printJson } from '../output/json.ts';
import { style } from '../output/style.ts';
import { renderTable } from '../output/table.ts';
import { collectionsPutCommand } from './collections-put.command.ts';

interface DeleteOptions extends ConnectionOptions {
  yes?: boolean;
}

export function collectionsCommand(): Command {
  const collections = new Command('collections').description('List, show, change and delete collections');
  const list = collections
    .command('list')
    .description('All collections of the tenant')
    .addHelpText('after', '\nExamples:\n  $ kindred collections list\n  $ kindred collections list --json');
  addConnectionOptions(list).action((options: ConnectionOptions) => listCollections(options));
  const show = collections
    .command('show')
    .description('What a collection declares')
    .argument('<name>', 'collection')
    .addHelpText(
      'after',
      '\nExamples:\n  $ kindred collections show products\n  $ kindred collections show movies --json',
    );
  addConnectionOptions(show).action((name: string, options: ConnectionOptions) => showCollection(name, options));
  collections.addCommand(collectionsPutCommand());
  const remove = collections
    .command('delete')
    .description('Delete a collection with everything in it')
    .argument('<name>', 'collection')
    .option('-y, --yes', 'do not ask')
    .addHelpText(
      'after',
      '\nExamples:\n  $ kindred collections delete shop\n  $ kindred collections delete shop --yes',
    );
  addConnectionOptions(remove).action((name: string, options: DeleteOptions) => deleteCollection(name, options));
  return collections;
}

async function listCollections(options: ConnectionOptions): Promise<void> {
  const response = await withClient(options, (client) => client.catalog.listCollections({}));
  const collections = response.collections.map(forJson);
  if (options.json) return printJson({ collections });
  if (collections.length === 0)
    return console.log('There are no collections yet. kindred import <file> --collection <name> makes one.');
  const columns = [
    { head: 'name', value: (row: Collection) => row.name },
    { head: 'items', right: true, value: (row: Collection) => count(row.items) },
    { head: 'attributes', right: true, value: (row: Collection) => count(row.attributes.length) },
    { head: 'model', value: (row: Collection) => row.model || 'default' },
    { head: 'created', value: (row: Collection) => row.createdAt?.toISOString().slice(0, 19).replace('T', ' ') ?? '' },
  ];
  console.log(renderTable(columns, response.collections));
}

async function showCollection(name: string, options: ConnectionOptions): Promise<void> {
  const { collection } = await withClient(options, (client) => client.catalog.getCollection({ name }));
  if (options.json) return printJson({ collection: collection && forJson(collection) });
  if (collection === undefined) return;
  const yes = (value: boolean) => (value ? 'yes' : '');
  const columns = [
    { head: 'attribute', value: (row: Attribute) => row.name },
    { head: 'type', value: attributeTypeName },
    { head: 'filterable', value: (row: Attribute) => yes(row.filterable) },
    { head: 'searched', value: (row: Attribute) => yes(row.embedded) },
    { head: 'shown', value: (row: Attribute) => yes(row.shown !== false) },
  ];
  console.log(
    style('bold', `${collection.name} · ${plural(collection.items, 'item')} · model ${collection.model || 'default'}`),
  );
  console.log(renderTable(columns, collection.attributes) || 'no declared attributes');
  for (const line of searchLines(collection)) console.log(style('dim', line));
}

/** What the collection declares of its texts, in a line each. */
function searchLines({ search }: Collection): string[] {
  if (!search) return [];
  const source = search.denseWeightSource === '' ? '' : ` (${search.denseWeightSource})`;
  return [
    `${plural(search.synonyms.length, 'synonym set')}, ${plural(search.stopWords.length, 'stop word')}`,
    ...(search.koreanAnalyzer === '' ? [] : [`Korean analyzed by ${search.koreanAnalyzer}`]),
    ...(search.denseWeight === undefined ? [] : [`dense weight at most ${search.denseWeight}${source}`]),
  ];
}

/** With the names of what is a number on the wire. */
const forJson = (collection: Collection) => ({
  ...collection,
  attributes: collection.attributes.map((attribute) => ({
    ...attribute,
    type: attributeTypeName({ ...attribute, array: false }),
  })),
  unknownAttributes: UnknownAttributes[collection.unknownAttributes].replace('UNKNOWN_ATTRIBUTES_', '').toLowerCase(),
  index: collection.index && {
    ...collection.index,
    kind: enumName(IndexKind, collection.index.kind, 'INDEX_KIND_'),
    distance: enumName(Distance, collection.index.distance, 'DISTANCE_'),
    element: enumName(IndexElement, collection.index.element, 'INDEX_ELEMENT_'),
  },
});

async function deleteCollection(name: string, options: DeleteOptions): Promise<void> {
  await withClient(options, async (client) => {
    if (!options.yes) await confirm(name, (await client.catalog.getCollection({ name })).collection?.items ?? 0n);
    const response = await client.catalog.deleteCollection({ name });
    if (options.json) printJson(response);
    else console.log(`deleted ${name} with ${plural(response.deletedItems, 'item')}`);
  });
}

async function confirm(name: string, items: bigint): Promise<void> {
  if (!process.stdin.isTTY) throw new UsageError(`deleting ${name} needs --yes where nobody can be asked`);
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await prompt.question(`Delete ${name} with its ${plural(items, 'item')}? Type its name: `);
  prompt.close();
  if (answer.trim() !== name) throw new UsageError('not deleted');
}
