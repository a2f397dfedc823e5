import { groupBy, type HitsOfValue, maxPerValues, mmr } from '@kindred/ranking';
import type { ComposedQuery, Diversity } from './composed-query.ts';
import type { Known } from './gather.ts';

/** Candidates that are made different from each other, at most; those behind follow as they are. */
export const mostDiversified = 500;

export interface Arranging {
  candidates: readonly Known[];
  /** So many of them, from the first, are made different from each other. */
  diversified: number;
  vectors: ReadonlyMap<string, Float32Array>;
}

export interface Arranged {
  hits: Known[];
  /** Instead of hits. */
  groups: HitsOfValue<Known>[];
  /** Something comes behind this page. */
  more: boolean;
}

/** The page at the offset: diversified, limited per value, grouped. */
export function arrange(query: ComposedQuery, arranging: Arranging, offset: number): Arranged {
  const { limit, diversity, groupBy: grouping } = query;
  const end = offset + limit;
  // Each pick depends on those before it alone: what is behind the page need not be picked.
  const picks = grouping || diversity?.attribute ? Number.POSITIVE_INFINITY : end;
  const { candidates } = arranging;
  const diversified = diversity && diversity.strength > 0 ? differing(arranging, diversity, picks) : candidates;
  const kept = limited(diversified, diversity);
  if (!grouping) return { hits: kept.slice(offset, end), groups: [], more: kept.length > end };
  const groups = groupBy(kept, ({ group }) => group, grouping.size);
  return { hits: [], groups: groups.slice(offset, end), more: groups.length > end };
}

/** Hits, or groups, that can be made of the candidates. */
export function countArranged({ diversity, groupBy: grouping }: ComposedQuery, candidates: readonly Known[]): number {
  const kept = limited(candidates, diversity);
  return grouping ? groupBy(kept, ({ group }) => group, 1).length : kept.length;
}

const limited = (candidates: readonly Known[], diversity: Diversity | undefined) =>
  diversity?.attribute ? maxPerValues(candidates, ({ variety }) => variety, diversity.maxPerValue) : [...candidates];

/** MMR over shares of the best score. */
function differing({ candidates, diversified, vectors }: Arranging, { strength }: Diversity, picks: number): Known[] {
  const first = candidates.slice(0, diversified);
  const best = first.reduce((most, { score }) => Math.max(most, score), 0);
  const unknown = new Float32Array(vectors.values().next().value?.length ?? 0);
  const scored = first.map((each) => ({
    id: each.key,
    score: best > 0 ? Math.max(0, each.score) / best : 0,
    vector: vectors.get(each.key) ?? unknown,
    each,
  }));
  const picked = mmr(scored, Math.min(picks, scored.length), 1 - strength).map(({ each }) => each);
  const known = new Set(picked);
  return [...picked, ...candidates.filter((each) => !known.has(each))];
}
