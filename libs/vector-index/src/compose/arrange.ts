import { groupBy, type HitsOfValue, maxPerValues, mmr } from '@kindred/ranking';
import type { Shown } from '../search/shown.ts';

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

/** The best that was not shown yet: diversified, limited per value, grouped. What was comes first: limits hold on all pages together. */
export function arrangeUnseen<Each extends Arrangeable>(
  arrangement: Arrangement<Each>,
  arranging: Arranging<Each>,
  shown: Shown,
): Arranged<Each> {
  const { limit, groupSize } = arrangement;
  const end = shown.count + limit;
  if (groupSize !== undefined) {
    const kept = keptOf(arrangement, arranging, end);
    return pageOf([], unseenGroups(kept, groupSize, shown), limit);
  }
  const isShown = ({ key }: Arrangeable) => shown.has(key);
  const kept = keptOf(arrangement, arranging, end, isShown);
  return pageOf(withoutShown(kept, isShown), [], limit);
}

/** Hits, or groups, not shown yet, that can be made of the candidates. */
export function countUnseen<Each extends Arrangeable>(
  { limits, groupSize }: Arrangement<Each>,
  candidates: readonly Each[],
  shown: Shown,
): number {
  if (groupSize !== undefined) return unseenGroups(limited(candidates, limits), 1, shown).length;
  const isShown = ({ key }: Arrangeable) => shown.has(key);
  return withoutShown(limited(shownFirst(candidates, isShown), limits), isShown).length;
}

/** By which a page is remembered: the keys of its hits, or of its groups. */
export const keysOf = ({ hits, groups }: Arranged<Arrangeable>): string[] => [
  ...hits.map(({ key }) => key),
  ...groups.map(groupKey),
];

/** By which a group is remembered. */
export const groupKey = ({ value }: { value?: unknown }): string => JSON.stringify([value]);

const groupsOf = <Each extends Arrangeable>(kept: readonly Each[], size: number) =>
  groupBy(kept, ({ group }) => group, size);

const unseenGroups = <Each extends Arrangeable>(kept: readonly Each[], size: number, shown: Shown) =>
  groupsOf(kept, size).filter((group) => !shown.has(groupKey(group)));

const pageOf = <Each>(hits: readonly Each[], groups: readonly HitsOfValue<Each>[], limit: number): Arranged<Each> => ({
  hits: hits.slice(0, limit),
  groups: groups.slice(0, limit),
  more: hits.length > limit || groups.length > limit,
});

/** All in their order, as far as `end` for certain. */
function keptOf<Each extends Arrangeable>(
  { strength, limits, groupSize }: Arrangement<Each>,
  arranging: Arranging<Each>,
  end: number,
  isShown: IsShown = () => false,
): Each[] {
  // Each pick depends on those before it alone: what is behind the page need not be picked.
  const picks = groupSize !== undefined || limits.length > 0 ? Number.POSITIVE_INFINITY : end;
  const ordered = strength > 0 ? differing(arranging, strength, picks) : arranging.candidates;
  return limited(shownFirst(ordered, isShown), limits);
}

type IsShown = (each: Arrangeable) => boolean;

const withoutShown = <Each extends Arrangeable>(candidates: readonly Each[], isShown: IsShown): Each[] =>
  candidates.filter((each) => !isShown(each));

const shownFirst = <Each extends Arrangeable>(candidates: readonly Each[], isShown: IsShown): Each[] => [
  ...candidates.filter(isShown),
  ...withoutShown(candidates, isShown),
];

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
