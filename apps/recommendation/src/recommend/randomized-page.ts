import { bucketOf, type Randomization, randomizedOrder, seededRandom } from '@kindred/ranking';
import type { SourceName, SourceWeights } from '../scenario/scenario.ts';
import type { Arranging } from './arranged-page.ts';
import type { PagePosition } from './page-token.ts';
import type { Candidate } from './pool.ts';
import type { Asked, Recipe } from './recipe.ts';

/** How the beginning of an answer is drawn. The pages of an answer go on with the draws of one seed. */
export interface Drawing extends Randomization {
  seed: number;
  /** Places that the pages before took. */
  before: number;
}

/** What could have been shown, as it is noted with the answer, for replay. */
export interface NotedCandidates extends Randomization {
  /** Weights by which they were ranked. */
  sources: SourceWeights;
  /** Best first: those that the order was drawn from, and as many behind them. */
  items: NotedCandidate[];
}

export interface NotedCandidate {
  id: string;
  /** Of each source that found it, 0-1. */
  shares: Partial<Record<SourceName, number>>;
  /** What impressions left of the score; absent: all of it. */
  fatigue?: number;
  /** Sum of the boosts; absent: none. */
  boost?: number;
  /** It has a place that is kept for new items. */
  explored?: true;
}

/**
 * Undefined where an answer is as it is ranked: always of lists to be ordered and of groups, and behind the drawn places.
 */
export function drawingOf(
  { request, drawnBy }: Pick<Asked, 'request' | 'drawnBy'>,
  { scenario: { randomize }, among }: Pick<Recipe, 'scenario' | 'among'>,
  { shown: { count: before }, seed: drawn }: PagePosition,
): Drawing | undefined {
  if (!randomize || among || request.groupBy || before >= randomize.depth) return undefined;
  const seed = before > 0 ? drawn : drawnBy === undefined ? 0 : seedBy(drawnBy);
  return seed === 0 ? undefined : { ...randomize, seed, before };
}

const seedBy = (drawnBy: string) => bucketOf('randomize', drawnBy) * 2 ** 32 || 1;

/** What a page is drawn from: the best of what was not shown, as it is ranked, and as much behind as is noted. */
export function beginningOf<Making extends Pick<Arranging, 'request'>>(making: Making, { depth }: Drawing): Making {
  const { request } = making;
  return { ...making, request: { ...request, limit: Math.max(2 * depth, request.limit) } };
}

interface Ranked<Hit> {
  hits: readonly Hit[];
  more: boolean;
}

/** The page, of a beginning whose order is drawn. */
export function drawnPage<Hit>(
  { hits, more }: Ranked<Hit>,
  drawing: Drawing,
  limit: number,
): { hits: Hit[]; more: boolean; drawn: boolean } {
  const { items, drawn } = randomizedOrder(hits, drawing, seededRandom(drawing.seed), drawing.before);
  return { hits: items.slice(0, limit), more: more || items.length > limit, drawn };
}

export function notedCandidates(
  hits: readonly (Candidate & { boost?: number })[],
  { share, depth }: Drawing,
  sources: SourceWeights,
): NotedCandidates {
  const items = hits.slice(0, 2 * depth).map(
    ({ itemId: id, shares, fatigue, boost, explored }): NotedCandidate => ({
      id,
      shares: Object.fromEntries(Object.entries(shares).map(([name, of]) => [name, Number(of.toPrecision(4))])),
      ...(fatigue !== undefined && { fatigue }),
      ...(boost !== undefined && { boost }),
      ...(explored && { explored }),
    }),
  );
  return { share, depth, sources, items };
}
