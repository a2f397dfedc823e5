import { Command } from 'commander';
import { printRecommendation } from '../output/print-recommendation.ts';
import { collect, commaList } from './options.ts';
import { addRecommendationOptions, type RecommendationOptions } from './recommendation-options.ts';

interface PersonalizeOptions extends RecommendationOptions {
  user?: string[];
  session?: string;
  item?: string[];
  items?: string[];
  scenario?: string;
}

const examples = `
Examples:
  $ kindred personalize --items S-001,S-004,S-007 --user 김 --collection shop --language ko
  $ kindred personalize --items 1,260,318 --session 9f2c -c movies --scenario home
  $ kindred personalize --items 1,260,318 --user 42 --user 7 -c movies     # something for both`;

export function personalizeCommand(): Command {
  const command = new Command('personalize')
    .description("Put given items in the order of somebody's taste")
    .option('--items <ids>', 'what to order, separated by commas', commaList)
    .option('-i, --item <id>', 'one more of them; for ids with commas', collect)
    .option('-u, --user <id>', 'whose taste; several make a household', collect)
    .option('-s, --session <id>', 'session of somebody who is not known yet')
    .option('--scenario <name>', 'sources and rules, as declared by the collection')
    .addHelpText('after', examples);
  return addRecommendationOptions(command).action(async (options: PersonalizeOptions) => {
    const { user: userIds, session, items = [], item = [], scenario } = options;
    await printRecommendation(options, (client, page) =>
      client.recommendation.personalize({
        ...page,
        userIds,
        sessionId: session,
        itemIds: [...items, ...item],
        scenario,
      }),
    );
  });
}
