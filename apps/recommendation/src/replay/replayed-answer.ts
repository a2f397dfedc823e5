import { type LoggedAnswer, placeProbability } from '@kindred/ranking';
import type { MetricName } from '../experiments/experiment.ts';
import type { NotedCandidates } from '../recommend/randomized-page.ts';
import type { SourceWeights } from '../scenario/scenario.ts';
import { rankingBy } from './ranking-by.ts';

/** A first page whose order was left to chance, as it was noted. */
export interface NotedAnswer {
  request_id: string;
  /** As PostgreSQL writes it. */
  asked_at: string;
  /** Empty: nobody. */
  unit: string;
  item_ids: string[];
  candidates: NotedCandidates;
  /** By place. */
  clicks: number[];
  conversions: number[];
  revenue: number[];
}

/** The places that were left to chance, as they were ranked and as the new setting ranks them. */
export interface ReplayedAnswer extends Omit<LoggedAnswer, 'rewards'> {
  /** Of one of its two items of the place. */
  chance(item: string, place: number): number;
  /** What came of the hits, each by its request_id: clicked, bought (0 or 1), and the sum of purchases' values. */
  outcomes: Record<MetricName, readonly number[]>;
  ranked: string[];
  replayed: string[];
}

export function replayedAnswer(noted: NotedAnswer, sources: SourceWeights): ReplayedAnswer {
  const { candidates, item_ids: shown } = noted;
  const { items, share, depth } = candidates;
  const places = Math.min(depth, items.length, shown.length);
  const ranked = items.slice(0, places).map(({ id }) => id);
  const replayed = rankingBy(candidates, sources).slice(0, places);
  const rankOf = new Map(items.map(({ id }, rank) => [id, rank]));
  // Kept instead of the candidates, which would fill the memory.
  const ranks = Uint16Array.from(replayed, (id) => rankOf.get(id)!);
  const count = items.length;
  return {
    // Of nobody nothing is known, so each answer stands for itself.
    unit: noted.unit === '' ? `request ${noted.request_id}` : noted.unit,
    shown: shown.slice(0, places),
    outcomes: {
      click: noted.clicks.slice(0, places),
      conversion: noted.conversions.slice(0, places),
      revenue: noted.revenue.slice(0, places),
    },
    ranked,
    replayed,
    chance: (id, place) =>
      placeProbability(id === ranked[place] ? place : ranks[place]!, place, { share, depth }, count),
  };
}
