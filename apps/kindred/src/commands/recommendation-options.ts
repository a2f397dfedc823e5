import { Command, Option } from 'commander';
import { addConnectionOptions, type ConnectionOptions } from '../connection.ts';
import { collectionOption, commaList, filterOption, wholeNumber } from './options.ts';
import { addOrderOptions, type OrderOptions } from './order-options.ts';

/** What every command that recommends takes. */
export interface RecommendationOptions extends ConnectionOptions, OrderOptions {
  collection: string;
  filter?: string[];
  limit: number;
  explain?: boolean;
  language: string;
  pageToken?: string;
  show?: string[];
}

export function addRecommendationOptions(command: Command): Command {
  command
    .addOption(collectionOption())
    .addOption(filterOption())
    .option('-n, --limit <number>', 'hits per page, 1-1000', wholeNumber(1, 1000), 10)
    .option('--explain', 'show the score of each source and what the plan did')
    .addOption(new Option('--language <language>', 'language of the reasons').choices(['en', 'ko']).default('en'))
    .option('--page-token <token>', 'the next page of an earlier answer')
    .option('--show <names>', 'attributes to show as columns, separated by commas', commaList);
  return addConnectionOptions(addOrderOptions(command));
}
