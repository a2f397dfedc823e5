import { bucketOf, type Randomization, randomizedOrder, seededRandom } from '@kindred/ranking';
import type { SourceName, SourceWeights } from '../scenario/scenario.ts';
import type { Arranging } from './arranged-page.ts';
import { seedOf } from './page-token.ts';
import type { Candidate } from './pool.ts';
import type { Asked, Recipe } from './recipe.ts';

/** How the beginning of an answer is drawn. The same seed draws the same order for all pages of an answer. */
export interface Drawing extends Randomization {
  seed: number;
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
  offset: number,
): Drawing | undefined {
  if (!randomize || among || request.groupBy || offset >= randomize.depth) return undefined;
  const seed = offset > 0 ? seedOf(request.pageToken) : drawnBy === undefined ? 0 : seedBy(drawnBy);
  return seed === 0 ? undefined : { ...randomize, seed };
}

const seedBy = (drawnBy: string) => bucketOf('randomize', drawnBy) * 2 ** 32 || 1;

/**
 * The beginning of the answer, as it is ranked, that its pages are drawn from: one length holds all that begin within the
 * depth.
 */
export function beginningOf<Making extends Pick<Arranging, 'request' | 'offset'>>(
  making: Making,
  { depth }: Drawing,
): Making {
  const { request } = making;
  return { ...making, offset: 0, request: { ...request, limit: Math.max(2 * depth, request.limit) } };
}

interface Ranked<Hit> {
  hits: readonly Hit[];
  more: boolean;
}

/** The page at the offset, of a beginning whose order is drawn. */
export function drawnPage<Hit>(
  { hits, more }: Ranked<Hit>,
  drawing: Drawing,
  { offset, request: { limit } }: Pick<Arranging, 'request' | 'offset'>,
): { hits: Hit[]; more: boolean; drawn: boolean } {
  const { items, drawn } = randomizedOrder(hits, drawing, seededRandom(drawing.seed));
  return { hits: items.slice(offset, offset + limit), more: more || items.length > offset + limit, drawn };
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
