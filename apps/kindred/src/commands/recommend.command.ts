import { Command } from 'commander';
import { UsageError } from '../cli-error.ts';
import { printRecommendation } from '../output/print-recommendation.ts';
import { collect } from './options.ts';
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
  $ kindred recommend -c movies                               # what is popular now`;

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
  const { user: users = [], session = '', scenario, pick: picks, region } = options;
  if (users.length > 0 && options.session !== undefined) throw new UsageError('give --user or --session, not both');
  const whose = users.length > 1 ? { userIds: users } : { userId: users[0] };
  await printRecommendation(options, (client, page) =>
    client.recommendation.recommend({ ...page, ...whose, sessionId: session, scenario, picks, region }),
  );
}
