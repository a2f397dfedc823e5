import { groupBy, type HitsOfValue, maxPerValues, mmr } from '@kindred/ranking';

/** Candidates that are made different from each other, at most; those behind follow as they are. */
export const mostDiversified = 500;

export interface Arrangeable {
  key: string;
  score: number;
  /** Values of the field that groups are made by. */
  group: readonly unknown[];
}

/** At most `most` hits of each of the values. */
export interface ValueLimit<Each> {
  valuesOf: (each: Each) => readonly unknown[];
  most: number;
}

export interface Arrangement<Each> {
  /** Hits or groups per page. */
  limit: number;
  /** Of diversity, 0-1. */
  strength: number;
  limits: readonly ValueLimit<Each>[];
  /** Absent: hits, not groups. */
  groupSize?: number;
}

export interface Arranging<Each> {
  candidates: readonly Each[];
  /** So many of them, from the first, are made different from each other. */
  diversified: number;
  vectors: ReadonlyMap<string, Float32Array>;
}

export interface Arranged<Each> {
  hits: Each[];
  /** Instead of hits. */
  groups: HitsOfValue<Each>[];
  /** Something comes behind this page. */
  more: boolean;
}

/** The page at the offset: diversified, limited per value, grouped. */
export function arrange<Each extends Arrangeable>(
  arrangement: Arrangement<Each>,
  arranging: Arranging<Each>,
  offset: number,
): Arranged<Each> {
  const { limit, strength, limits, groupSize } = arrangement;
  const end = offset + limit;
  // Each pick depends on those before it alone: what is behind the page need not be picked.
  const picks = groupSize !== undefined || limits.length > 0 ? Number.POSITIVE_INFINITY : end;
  const diversified = strength > 0 ? differing(arranging, strength, picks) : arranging.candidates;
  const kept = limited(diversified, limits);
  if (groupSize === undefined) return { hits: kept.slice(offset, end), groups: [], more: kept.length > end };
  const groups = groupBy(kept, ({ group }) => group, groupSize);
  return { hits: [], groups: groups.slice(offset, end), more: groups.length > end };
}

/** Hits, or groups, that can be made of the candidates. */
export function countArranged<Each extends Arrangeable>(
  { limits, groupSize }: Arrangement<Each>,
  candidates: readonly Each[],
): number {
  const kept = limited(candidates, limits);
  return groupSize === undefined ? kept.length : groupBy(kept, ({ group }) => group, 1).length;
}

const limited = <Each>(candidates: readonly Each[], limits: readonly ValueLimit<Each>[]) =>
  limits.reduce((kept, { valuesOf, most }) => maxPerValues(kept, valuesOf, most), [...candidates]);

/** MMR over shares of the best score. */
function differing<Each extends Arrangeable>(
  { candidates, diversified, vectors }: Arranging<Each>,
  strength: number,
  picks: number,
): Each[] {
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
