import type { KindredClient } from '@kindred/client';
import type { Attribute, TrendingResponse } from '@kindred/contracts';
import { attributesOf } from '../commands/options.ts';
import { orderOf } from '../commands/order-options.ts';
import type { RecommendationOptions } from '../commands/recommendation-options.ts';
import { withClient } from '../connection.ts';
import { filterOf } from '../filter/filter-option.ts';
import { hitsText } from './hits-table.ts';
import { printJson } from './json.ts';
import { style } from './style.ts';

/** What every request for recommendations has. */
const pageOf = (options: RecommendationOptions, attributes: Attribute[]) => ({
  collection: options.collection,
  filter: filterOf(options.filter, attributes),
  limit: options.limit,
  pageToken: options.pageToken ?? '',
  with: { payload: true, vectors: false, explain: options.explain ?? false },
  language: options.language,
  ...orderOf(options, attributes),
});

/** What every answer has, and those for people may have. */
type Recommended = TrendingResponse & { experiment?: string; arm?: string };

/** Asks, and prints the hits with their reasons. */
export async function printRecommendation(
  options: RecommendationOptions,
  ask: (client: KindredClient, page: ReturnType<typeof pageOf>) => Promise<Recommended>,
): Promise<void> {
  await withClient(options, async (client) => {
    const attributes = await attributesOf(client, options.collection);
    const response = await ask(client, pageOf(options, attributes));
    if (options.json) return printJson(response);
    console.log(hitsText({ ...response, ...options, attributes }));
    if (response.experiment)
      console.log(style('dim', `experiment ${response.experiment}, arm ${response.arm || 'both'}`));
  });
}
