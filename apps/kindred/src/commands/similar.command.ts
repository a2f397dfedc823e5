import { SimilarBy } from '@kindred/contracts';
import { Command, Option } from 'commander';
import { addConnectionOptions, type ConnectionOptions, withClient } from '../connection.ts';
import { filterOf } from '../filter/filter-option.ts';
import { hitsText } from '../output/hits-table.ts';
import { printJson } from '../output/json.ts';
import { attributesOf, collect, collectionOption, commaList, filterOption, wholeNumber } from './options.ts';

interface SimilarOptions extends ConnectionOptions {
  item: string[];
  collection: string;
  filter?: string[];
  limit: number;
  by?: keyof typeof bases;
  explain?: boolean;
  language: string;
  pageToken?: string;
  scenario?: string;
  user?: string;
  show?: string[];
}

const bases = {
  blend: SimilarBy.SIMILAR_BY_BLEND,
  content: SimilarBy.SIMILAR_BY_CONTENT,
  interactions: SimilarBy.SIMILAR_BY_INTERACTIONS,
  'also-viewed': SimilarBy.SIMILAR_BY_ALSO_VIEWED,
  'also-bought': SimilarBy.SIMILAR_BY_ALSO_BOUGHT,
} as const;

const examples = `
Examples:
  $ kindred similar --item 1 --collection movies
  $ kindred similar --item 1 -c movies --by interactions      # liked by the same people
  $ kindred similar --item 1 -c products --by also-bought --language ko
  $ kindred similar --item 3920564 -c products -f 'price < 100' --limit 5
  $ kindred similar --item 1 --item 260 -c movies             # a basket`;

export function similarCommand(): Command {
  const command = new Command('similar')
    .description('Items similar to an item, or to a basket')
    .requiredOption('-i, --item <id>', 'item; several make a basket', collect)
    .addOption(collectionOption())
    .addOption(filterOption())
    .option('-n, --limit <number>', 'hits per page, 1-1000', wholeNumber(1, 1000), 10)
    .addOption(new Option('--by <basis>', 'what counts as similar').choices(Object.keys(bases)))
    .option('--scenario <name>', 'sources and rules, as declared by the collection')
    .option('-u, --user <id>', 'whose exclusions hold')
    .option('--explain', 'show the score of each source and what the plan did')
    .addOption(new Option('--language <language>', 'language of the reasons').choices(['en', 'ko']).default('en'))
    .option('--page-token <token>', 'the next page of an earlier answer')
    .option('--show <names>', 'attributes to show as columns, separated by commas', commaList)
    .addHelpText('after', examples);
  return addConnectionOptions(command).action((options: SimilarOptions) => similar(options));
}

async function similar(options: SimilarOptions): Promise<void> {
  await withClient(options, async (client) => {
    const attributes = await attributesOf(client, options.collection);
    const response = await client.recommendation.similar({
      collection: options.collection,
      itemIds: options.item,
      filter: filterOf(options.filter, attributes),
      limit: options.limit,
      pageToken: options.pageToken ?? '',
      with: { payload: true, vectors: false, explain: options.explain ?? false },
      by: options.by && bases[options.by],
      scenario: options.scenario,
      userId: options.user,
      language: options.language,
    });
    if (options.json) printJson(response);
    else console.log(hitsText({ ...response, attributes, show: options.show, explain: options.explain }));
  });
}
