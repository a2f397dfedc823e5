import type { KindredClient } from '@kindred/client';
import type { ClickedItem } from '@kindred/contracts';
import { CliError } from '../../cli-error.ts';
import type { Judgement } from './judgement-file.ts';

/** Beyond it a click on what hardly anybody looks at would outweigh all others. */
const mostWeight = 10;

/** The texts of the most clicks, judged by them. A CliError says what is missing where nothing was clicked. */
export async function clickJudgements(client: KindredClient, collection: string, most: number): Promise<Judgement[]> {
  const { queries } = await client.search.listClicks({ collection, queries: most });
  if (queries.length === 0) {
    const needed = 'send interactions like clicks with the request_id of the answer';
    throw new CliError(
      `no clicks on answers of "${collection}" are known: ${needed}, with QUERY_LOG on, or give --queries`,
    );
  }
  return queries.map(({ text, items }) => ({ text, grades: gradesOf(items) }));
}

/**
 * Each click counts its position from 1, at most 10: inverse propensity weighting with a propensity of examination of
 * 1 / position (Joachims, Swaminathan and Schnabel, "Unbiased Learning-to-Rank with Biased Feedback", 2017). 1 where no
 * position is told.
 */
export function gradesOf(items: readonly ClickedItem[]): Map<string, number> {
  const grades = new Map<string, number>();
  for (const { itemId, position = 0, clicks } of items) {
    const weight = Math.min(position + 1, mostWeight);
    grades.set(itemId, (grades.get(itemId) ?? 0) + weight * Number(clicks));
  }
  return grades;
}
