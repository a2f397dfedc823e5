import { Command } from 'commander';
import { printRecommendation } from '../output/print-recommendation.ts';
import { realNumber } from './options.ts';
import { addRecommendationOptions, type RecommendationOptions } from './recommendation-options.ts';

interface TrendingOptions extends RecommendationOptions {
  category?: string;
  region?: string;
  days: number;
}

const examples = `
Examples:
  $ kindred trending --collection products
  $ kindred trending -c shop --category 마우스 --region 서울 --days 1 --language ko
  $ kindred trending -c shop --group-by categories --group-size 3    # per category

An event counts half as much as one a quarter of the window later. Regions are the attribute "region" of users.`;

export function trendingCommand(): Command {
  const command = new Command('trending')
    .description('What many people turn to now')
    .option('--category <name>', 'only items of this category')
    .option('--region <name>', 'only events of users in this region')
    .option('--days <number>', 'how far back events count, up to 90', realNumber(0.001, 90), 7)
    .addHelpText('after', examples);
  return addRecommendationOptions(command).action(async (options: TrendingOptions) => {
    const { category, region, days } = options;
    const window = { seconds: BigInt(Math.round(days * 86_400)), nanos: 0 };
    await printRecommendation(options, (client, page) =>
      client.recommendation.trending({ ...page, category, region, window }),
    );
  });
}
