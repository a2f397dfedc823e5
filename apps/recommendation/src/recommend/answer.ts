import type { Hit } from '@kindred/contracts';
import { type CollectionRow, itemFromRow } from '@kindred/vector-index';
import type { Seed } from '../history/seeds.ts';
import type { PageRow } from './page.store.ts';
import type { Candidate } from './pool.ts';
import { type Cause, reasonOf } from './reasons.ts';
import type { Recipe } from './recipe.ts';
import type { CheckedRequest } from './request.ts';

export interface Shown {
  collection: CollectionRow;
  request: CheckedRequest;
  seeds: readonly Seed[];
  region: string;
  from: Recipe['from'];
}

/** A row as a hit, with its scores by source and its reason. */
export function hitOf(candidate: Candidate & { relevance?: number; boost?: number }, row: PageRow, shown: Shown): Hit {
  const { collection, request } = shown;
  return {
    collection: collection.name,
    itemId: candidate.itemId,
    score: candidate.score,
    item: request.payload ? itemFromRow(row, collection) : undefined,
    scores: scoresOf(candidate, request),
    vector: request.vectors && row.vector !== null ? JSON.parse(row.vector) : [],
    reason: reasonOf(causeOf(candidate, row, shown), request.language),
    matchedFields: [],
    highlights: [],
  };
}

function scoresOf(candidate: Parameters<typeof hitOf>[0], { explain }: CheckedRequest): Record<string, number> {
  const { shares, source, explored, relevance, boost, fatigue } = candidate;
  const scores: Record<string, number> = { ...shares };
  if (source === undefined || explored) scores.newest = 1;
  if (relevance !== undefined && boost !== undefined) Object.assign(scores, { relevance, boost });
  if (fatigue !== undefined) scores.fatigue = fatigue;
  if (explain) scores.explored = explored ? 1 : 0;
  return scores;
}

const seedKinds = { viewed_together: 'viewed', bought_together: 'bought', next: 'next' } as const;

/** The source that gave the most. */
function causeOf({ source, seed, explored }: Candidate, row: PageRow, { seeds, region, from }: Shown): Cause {
  if (source === undefined || explored) return { kind: 'newest' };
  const title = row.seed_title ?? '';
  if (source === 'collaborative') {
    return { kind: 'seed', type: seeds.find(({ itemId }) => itemId === seed)?.type ?? '', title };
  }
  // Factors have no seed: of items, it is who liked them that speaks.
  if (source === 'factors') return from === 'items' ? { kind: 'seed', type: 'seed', title: '' } : { kind: 'taste' };
  if (source === 'content') return { kind: from === 'items' ? 'alike' : 'content' };
  if (source === 'trending') return { kind: 'trending', region };
  if (source === 'popular') return { kind: 'popular' };
  return { kind: seedKinds[source], title };
}
