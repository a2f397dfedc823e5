import type { Hit } from '@kindred/contracts';
import { Command } from 'commander';
import { addConnectionOptions, type ConnectionOptions, withClient } from '../connection.ts';
import { filterOf } from '../filter/filter-option.ts';
import { cell, count, price } from '../output/format.ts';
import { jsonText, toJson } from '../output/json.ts';
import { style } from '../output/style.ts';
import { renderTable } from '../output/table.ts';
import { processTerminal, type Terminal } from '../output/terminal.ts';
import { attributesOf, collectionOption, commaList, filterOption, wholeNumber } from './options.ts';

interface ListOptions extends ConnectionOptions {
  collection: string;
  filter?: string[];
  orderBy?: string;
  desc?: boolean;
  limit: number;
  all?: boolean;
  pageToken?: string;
  show?: string[];
}

const examples = `
Examples:
  $ kindred items list --collection products --filter 'price < 5'
  $ kindred items list -c products --order-by price --desc --show supplier
  $ kindred items list -c products --all | jq -r .item_id      # every item, one JSON line each`;

export function listItemsCommand(terminal: Terminal = processTerminal): Command {
  const command = new Command('list')
    .description('All items that match a filter, page by page')
    .addOption(collectionOption())
    .addOption(filterOption())
    .option('--order-by <field>', 'a number or time field; default: item_id')
    .option('--desc', 'from the largest down')
    .option('-n, --limit <number>', 'items per page, 1-1000', wholeNumber(1, 1000), 100)
    .option('--all', 'every page, as one JSON line per item')
    .option('--page-token <token>', 'the next page of an earlier answer')
    .option('--show <names>', 'attributes to show as columns, separated by commas', commaList)
    .addHelpText('after', examples);
  return addConnectionOptions(command).action((options: ListOptions) => listItems(options, terminal));
}

async function listItems(options: ListOptions, terminal: Terminal): Promise<void> {
  await withClient(options, async (client) => {
    const { collection, limit, orderBy, desc: descending } = options;
    const filter = filterOf(options.filter, await attributesOf(client, collection));
    let pageToken = options.pageToken ?? '';
    do {
      const page = await client.search.scroll({ collection, filter, limit, orderBy, descending, pageToken });
      pageToken = page.nextPageToken;
      if (options.all) for (const { item } of page.items) terminal.print(JSON.stringify(toJson(item)));
      else if (options.json) terminal.print(jsonText(page));
      else terminal.print(pageText(page.items, pageToken, options.show ?? []));
    } while (options.all && pageToken !== '');
  });
}

function pageText(items: Hit[], nextPageToken: string, show: string[]): string {
  const columns = [
    { head: 'item', value: (hit: Hit) => hit.itemId },
    { head: 'title', flexible: true, value: (hit: Hit) => hit.item?.title ?? '' },
    ...show.map((name) => ({ head: name, value: (hit: Hit) => cell(hit.item?.attributes?.[name]) })),
    { head: 'price', right: true, value: (hit: Hit) => price(hit.item?.price) },
    { head: 'stock', right: true, value: ({ item }: Hit) => (item?.stock === undefined ? '' : count(item.stock)) },
  ];
  const table = items.length === 0 ? 'Nothing matches.' : renderTable(columns, items);
  return nextPageToken === '' ? table : `${table}\n\n${style('dim', `more with --page-token ${nextPageToken}`)}`;
}
