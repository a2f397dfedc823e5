import { SearchMode, Typos } from '@kindred/contracts';
import { Command, Option } from 'commander';
import { addConnectionOptions, type ConnectionOptions, withClient } from '../connection.ts';
import { filterOf } from '../filter/filter-option.ts';
import { highlightLines, suggestionLines } from '../output/found-text.ts';
import { foundHits, hitsText } from '../output/hits-table.ts';
import { printJson } from '../output/json.ts';
import { attributesOf, collectionOption, commaList, filterOption, wholeNumber } from './options.ts';
import { addOrderOptions, type OrderOptions, orderHelp, orderOf } from './order-options.ts';

interface SearchOptions extends ConnectionOptions, OrderOptions {
  collection: string;
  filter?: string[];
  limit?: number;
  mode: keyof typeof searchModes;
  explain?: boolean;
  exact?: boolean;
  pageToken?: string;
  show?: string[];
  highlight?: boolean;
  typos: boolean;
  literal?: boolean;
}

/** Names of --mode. */
export const searchModes = {
  hybrid: SearchMode.SEARCH_MODE_HYBRID,
  lexical: SearchMode.SEARCH_MODE_LEXICAL,
  dense: SearchMode.SEARCH_MODE_DENSE,
} as const;

const examples = `
Examples:
  $ kindred search "wireless mouse" --collection products --filter 'price < 30'
  $ kindred search "toner" -c products -f 'supplier in (HP, Canon)' -f 'printing_colours != Black' --limit 5
  $ kindred search "space travel" -c movies -f 'year >= 1990 and genres = Sci-Fi' --show year,genres
  $ kindred search "무선 마우스" -c shop --mode lexical --explain
  $ kindred search '"wireless mouse" -logitech' -c products --highlight   # words together, a word left out
  $ kindred search "mouse" -c shop --boost '0.5: brand = Logitech' --boost '0.2: popularity' --max-per brand=2
  $ kindred search "mouse" -c shop --group-by brand --group-size 2 --limit 5
  $ kindred search "laptop" -c products --json | jq -r '.hits[].item.title'

Filters: = != < <= > >= and ~ (starts with), in (a, b), not in (a, b), exists, and, or, not, parentheses.
Repeated --filter options must all hold.
Fields: declared attributes, price, stock, in_stock, categories, title, item_id, created_at, updated_at.
A filter that starts with "{" is the JSON form of kindred.v1.Filter.
${orderHelp}`;

export function searchCommand(): Command {
  const command = new Command('search')
    .description('Search a collection by text')
    .argument('<text>', 'what to look for')
    .addOption(collectionOption())
    .addOption(filterOption())
    .option('-n, --limit <number>', 'hits per page, 1-1000', wholeNumber(1, 1000), 10)
    .addOption(new Option('--mode <mode>', 'legs to use').choices(Object.keys(searchModes)).default('hybrid'))
    .option('--explain', 'show the score of each leg and what the plan did')
    .option('--exact', 'scan exactly instead of asking the vector index')
    .option('--highlight', 'show where the words were found')
    .option('--no-typos', 'look for words as they are typed, even where no item has them')
    .option('--literal', 'quotation marks and - mean nothing')
    .option('--page-token <token>', 'the next page of an earlier answer')
    .option('--show <names>', 'attributes to show as columns, separated by commas', commaList)
    .addHelpText('after', examples);
  return addConnectionOptions(addOrderOptions(command)).action((text: string, options: SearchOptions) =>
    search(text, options),
  );
}

async function search(text: string, options: SearchOptions): Promise<void> {
  await withClient(options, async (client) => {
    const attributes = await attributesOf(client, options.collection);
    const response = await client.search.query({
      collection: options.collection,
      by: { $case: 'text', value: text },
      filter: filterOf(options.filter, attributes),
      limit: options.limit,
      mode: searchModes[options.mode],
      pageToken: options.pageToken ?? '',
      params: options.exact ? { exact: true } : undefined,
      textOptions: {
        typos: options.typos ? Typos.TYPOS_AUTO : Typos.TYPOS_OFF,
        highlight: options.highlight ?? false,
        literal: options.literal ?? false,
      },
      with: { payload: true, vectors: false, explain: options.explain ?? false },
      ...orderOf(options, attributes),
    });
    if (options.json) return printJson(response);
    console.log(hitsText({ ...response, ...options, attributes }));
    for (const line of [...highlightLines(foundHits(response)), ...suggestionLines(response.suggestions)])
      console.log(line);
  });
}
