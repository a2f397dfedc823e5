import { Command, Option } from 'commander';
import { UsageError } from '../cli-error.ts';
import { addConnectionOptions, type ConnectionOptions, withClient } from '../connection.ts';
import { filterOf } from '../filter/filter-option.ts';
import { hitsText } from '../output/hits-table.ts';
import { printJson } from '../output/json.ts';
import { attributesOf, collect, collectionOption, commaList, filterOption, wholeNumber } from './options.ts';

interface RecommendOptions extends ConnectionOptions {
  collection: string;
  user?: string[];
  session?: string;
  filter?: string[];
  limit: number;
  explain?: boolean;
  language: string;
  pageToken?: string;
  scenario?: string;
  pick?: string[];
  region?: string;
  show?: string[];
}

const examples = `
Examples:
  $ kindred recommend --user 42 --collection movies
  $ kindred recommend --user 42 -c movies -f 'year >= 2010' -f 'genres = Comedy' --limit 5
  $ kindred recommend --user 42 --user 7 -c movies            # something for both
  $ kindred recommend --session 9f2c -c products --language ko
  $ kindred recommend --user 42 -c products --scenario home     # kindred scenarios list -c products
  $ kindred recommend --user new -c products --pick S-001 --pick S-004 --region 서울
  $ kindred recommend -c movies                               # what is popular now`;

export function recommendCommand(): Command {
  const command = new Command('recommend')
    .description('Recommend items to a user, a session, or anybody')
    .option('-u, --user <id>', 'user; several make a household', collect)
    .option('-s, --session <id>', 'session of somebody who is not known yet')
    .addOption(collectionOption())
    .addOption(filterOption())
    .option('-n, --limit <number>', 'hits per page, 1-1000', wholeNumber(1, 1000), 10)
    .option('--scenario <name>', 'sources and rules, as declared by the collection')
    .option('--pick <item>', 'what a new person picked; may be given several times', collect)
    .option('--region <name>', 'whose trends count for a new person')
    .option('--explain', 'show the score of each source and what the plan did')
    .addOption(new Option('--language <language>', 'language of the reasons').choices(['en', 'ko']).default('en'))
    .option('--page-token <token>', 'the next page of an earlier answer')
    .option('--show <names>', 'attributes to show as columns, separated by commas', commaList)
    .addHelpText('after', examples);
  return addConnectionOptions(command).action((options: RecommendOptions) => recommend(options));
}

async function recommend(options: RecommendOptions): Promise<void> {
  const users = options.user ?? [];
  if (users.length > 0 && options.session !== undefined) throw new UsageError('give --user or --session, not both');
  await withClient(options, async (client) => {
    const attributes = await attributesOf(client, options.collection);
    const response = await client.recommendation.recommend({
      collection: options.collection,
      userId: users.length === 1 ? users[0]! : '',
      userIds: users.length > 1 ? users : [],
      sessionId: options.session ?? '',
      filter: filterOf(options.filter, attributes),
      limit: options.limit,
      pageToken: options.pageToken ?? '',
      with: { payload: true, vectors: false, explain: options.explain ?? false },
      language: options.language,
      scenario: options.scenario,
      picks: options.pick,
      region: options.region,
    });
    if (options.json) printJson(response);
    else console.log(hitsText({ ...response, attributes, show: options.show, explain: options.explain }));
  });
}
