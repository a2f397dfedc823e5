import { type Item, Wait } from '@kindred/contracts';
import { Command } from 'commander';
import { CliError } from '../cli-error.ts';
import { addConnectionOptions, type ConnectionOptions, withClient } from '../connection.ts';
import { cell, count, plural, price } from '../output/format.ts';
import { printJson } from '../output/json.ts';
import { style } from '../output/style.ts';
import { renderTable } from '../output/table.ts';
import type { Terminal } from '../output/terminal.ts';
import { isRejected, namedResults, statusName } from '../output/write-results.ts';
import { listItemsCommand } from './list-items.ts';
import { collectionOption } from './options.ts';

interface ItemOptions extends ConnectionOptions {
  collection: string;
}

const getExamples = `
Examples:
  $ kindred items get 3920564 --collection products
  $ kindred items get 1 2 3 -c movies --json`;

const deleteExamples = `
Examples:
  $ kindred items delete A-100 --collection shop
  $ kindred items delete A-100 A-101 -c shop --json

The items leave a tombstone, so that an older event which arrives late does not bring them back.`;

export function itemsCommand(terminal?: Terminal): Command {
  const items = new Command('items').description('List, read and delete items');
  const get = items
    .command('get')
    .description('The live rows of items')
    .argument('<id...>', 'item ids')
    .addOption(collectionOption())
    .addHelpText('after', getExamples);
  addConnectionOptions(get).action((ids: string[], options: ItemOptions) => getItems(ids, options));
  const remove = items
    .command('delete')
    .description('Delete items')
    .argument('<id...>', 'item ids')
    .addOption(collectionOption())
    .addHelpText('after', deleteExamples);
  addConnectionOptions(remove).action((ids: string[], options: ItemOptions) => deleteItems(ids, options));
  items.addCommand(listItemsCommand(terminal));
  return items;
}

async function getItems(itemIds: string[], options: ItemOptions): Promise<void> {
  await withClient(options, async (client) => {
    const response = await client.catalog.getItems({ collection: options.collection, itemIds });
    if (options.json) printJson(response);
    else if (response.items.length > 0) console.log(response.items.map(itemText).join('\n\n'));
    const found = new Set(response.items.map((item) => item.itemId));
    const missing = itemIds.filter((id) => !found.has(id));
    if (missing.length > 0) throw new CliError(`collection "${options.collection}" has no item ${missing.join(', ')}`);
  });
}

function itemText(item: Item): string {
  const fields: [string, string][] = [
    ['item', `${item.collection}/${item.itemId}${item.hidden ? ' (hidden)' : ''}`],
    ['title', item.title],
    ['body', item.body],
    ['price', price(item.price)],
    ['stock', item.stock === undefined ? '' : count(item.stock)],
    ['categories', item.categories.join(', ')],
    ['image', item.imageUrl],
    ['revision', item.revision?.toString() ?? ''],
    ...Object.entries(item.attributes ?? {}).map(([name, value]): [string, string] => [name, cell(value)]),
  ];
  const columns = [
    { head: 'field', value: ([name]: [string, string]) => style('dim', name) },
    { head: 'value', flexible: true, value: ([, value]: [string, string]) => value },
  ];
  return renderTable(
    columns,
    fields.filter(([, value]) => value !== ''),
  );
}

async function deleteItems(itemIds: string[], options: ItemOptions): Promise<void> {
  await withClient(options, async (client) => {
    const { collection } = options;
    const { results } = await client.catalog.deleteItems({ collection, itemIds, wait: Wait.WAIT_COMPLETED });
    if (options.json) printJson({ results: namedResults(results) });
    else {
      for (const result of results) {
        const error = result.error ? `${result.error.field}: ${result.error.message}` : '';
        console.log([result.id, statusName(result.status), error].filter((part) => part !== '').join('  '));
      }
    }
    const refused = results.filter(isRejected).length;
    if (refused > 0) throw new CliError(`${plural(refused, 'item')} could not be deleted`);
  });
}
