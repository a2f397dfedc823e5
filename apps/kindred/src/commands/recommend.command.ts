import { Command } from 'commander';
import { UsageError } from '../cli-error.ts';
import { printRecommendation } from '../output/print-recommendation.ts';
import { collect } from './options.ts';
import { orderHelp } from './order-options.ts';
import { addRecommendationOptions, type RecommendationOptions } from './recommendation-options.ts';

interface RecommendOptions extends RecommendationOptions {
  user?: string[];
  session?: string;
  scenario?: string;
  pick?: string[];
  region?: string;
}

const examples = `
Examples:
  $ kindred recommend --user 42 --collection movies
  $ kindred recommend --user 42 -c movies -f 'year >= 2010' -f 'genres = Comedy' --limit 5
  $ kindred recommend --user 42 --user 7 -c movies            # something for both
  $ kindred recommend --session 9f2c -c products --language ko
  $ kindred recommend --user 42 -c products --scenario home     # kindred scenarios list -c products
  $ kindred recommend --user new -c products --pick S-001 --pick S-004 --region 서울
  $ kindred recommend -c movies                               # what is popular now
  $ kindred recommend --user 42 -c movies --boost '0.5: year >= 2010' --boost '-0.3: genres = Horror' --diversity 0.3
  $ kindred recommend --user 김 -c shop --group-by brand --group-size 2 --limit 5
${orderHelp}`;

export function recommendCommand(): Command {
  const command = new Command('recommend')
    .description('Recommend items to a user, a session, or anybody')
    .option('-u, --user <id>', 'user; several make a household', collect)
    .option('-s, --session <id>', 'session of somebody who is not known yet')
    .option('--scenario <name>', 'sources and rules, as declared by the collection')
    .option('--pick <item>', 'what a new person picked; may be given several times', collect)
    .option('--region <name>', 'whose trends count for a new person')
    .addHelpText('after', examples);
  return addRecommendationOptions(command).action((options: RecommendOptions) => recommend(options));
}

async function recommend(options: RecommendOptions): Promise<void> {
  const { user: userIds, session: sessionId, scenario, pick: picks, region } = options;
  if (userIds !== undefined && sessionId !== undefined) throw new UsageError('give --user or --session, not both');
  await printRecommendation(options, (client, page) =>
    client.recommendation.recommend({ ...page, userIds, sessionId, scenario, picks, region }),
  );
}
