import { Command } from 'commander';
import { UsageError } from '../cli-error.ts';
import { printRecommendation } from '../output/print-recommendation.ts';
import { collect } from './options.ts';
import { addRecommendationOptions, type RecommendationOptions } from './recommendation-options.ts';

interface NextOptions extends RecommendationOptions {
  session?: string;
  user?: string;
  item?: string[];
  scenario?: string;
}

const examples = `
Examples:
  $ kindred next --session 9f2c --collection products
  $ kindred next --item S-001 --item S-004 -c shop --language ko    # S-004 is the last one`;

export function nextCommand(): Command {
  const command = new Command('next')
    .description('What people turned to after what somebody turned to last')
    .option('-s, --session <id>', 'session')
    .option('-u, --user <id>', 'user')
    .option('-i, --item <id>', 'item that was turned to; several, the last one last', collect)
    .option('--scenario <name>', 'sources and rules, as declared by the collection')
    .addHelpText('after', examples);
  return addRecommendationOptions(command).action(async (options: NextOptions) => {
    const { session, user, item, scenario } = options;
    if (session === undefined && user === undefined && item === undefined)
      throw new UsageError('give --session, --user or --item: what comes next depends on them');
    await printRecommendation(options, (client, page) =>
      client.recommendation.nextInSession({ ...page, sessionId: session, userId: user, itemIds: item, scenario }),
    );
  });
}
