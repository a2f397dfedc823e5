import { SimilarBy } from '@kindred/contracts';
import { Command, Option } from 'commander';
import { printRecommendation } from '../output/print-recommendation.ts';
import { collect } from './options.ts';
import { addRecommendationOptions, type RecommendationOptions } from './recommendation-options.ts';

interface SimilarOptions extends RecommendationOptions {
  item: string[];
  by?: keyof typeof bases;
  scenario?: string;
  user?: string;
  session?: string;
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
  $ kindred similar --item 1 --item 260 -c movies             # a basket
  $ kindred similar --item S-001 -c shop --max-per brand=1    # no two of one brand`;

export function similarCommand(): Command {
  const command = new Command('similar')
    .description('Items similar to an item, or to a basket')
    .requiredOption('-i, --item <id>', 'item; several make a basket', collect)
    .addOption(new Option('--by <basis>', 'what counts as similar').choices(Object.keys(bases)))
    .option('--scenario <name>', 'sources and rules, as declared by the collection')
    .option('-u, --user <id>', 'whose exclusions hold')
    .option('-s, --session <id>', 'the same of a session')
    .addHelpText('after', examples);
  return addRecommendationOptions(command).action(async (options: SimilarOptions) => {
    const { item: itemIds, by, scenario, user: userId, session: sessionId } = options;
    await printRecommendation(options, (client, page) =>
      client.recommendation.similar({ ...page, itemIds, by: by && bases[by], scenario, userId, sessionId }),
    );
  });
}
