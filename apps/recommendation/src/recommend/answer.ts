import type { Hit } from '@kindred/contracts';
import { type CollectionRow, itemFromRow } from '@kindred/vector-index';
import type { Seed } from '../history/seeds.ts';
import type { PageRow } from './page.store.ts';
import type { Candidate } from './pool.ts';
import { type Cause, reasonOf } from './reasons.ts';
import type { Recipe } from './recipe.ts';
import type { CheckedRequest } from './request.ts';

/** What all hits of an answer have in common. */
export interface Telling {
  collection: CollectionRow;
  request: CheckedRequest;
  seeds: readonly Seed[];
  region: string;
  recipe: Pick<Recipe, 'from' | 'among' | 'scenario'>;
}

const daySeconds = 86_400;
/** An item is new for so long, where the scenario does not explore new ones within another time. */
const newForDays = 14;

/** A row as a hit, with its scores by source and its reason. */
export function hitOf(
  candidate: Candidate & { relevance?: number; boost?: number },
  row: PageRow,
  telling: Telling,
): Hit {
  const { collection, request } = telling;
  return {
    collection: collection.name,
    itemId: candidate.itemId,
    score: candidate.score,
    item: request.payload ? itemFromRow(row, collection) : undefined,
    scores: scoresOf(candidate, telling),
    vector: request.vectors && row.vector !== null ? JSON.parse(row.vector) : [],
    reason: reasonOf(causeOf(candidate, row, telling), request.language),
    matchedFields: [],
    highlights: [],
  };
}

/** Whether it has its place as one of the newest items: no source speaks for it, and it was not given. */
export const fillsPage = ({ source, explored }: Candidate, { among }: Pick<Recipe, 'among'>): boolean =>
  explored === true || (source === undefined && among === undefined);

function scoresOf(
  candidate: Parameters<typeof hitOf>[0],
  { request: { explain }, recipe }: Telling,
): Record<string, number> {
  const { shares, explored, relevance, boost, fatigue } = candidate;
  const scores: Record<string, number> = { ...shares };
  if (fillsPage(candidate, recipe)) scores.newest = 1;
  if (relevance !== undefined && boost !== undefined) Object.assign(scores, { relevance, boost });
  if (fatigue !== undefined) scores.fatigue = fatigue;
  if (explain) scores.explored = explored ? 1 : 0;
  return scores;
}

const seedKinds = { viewed_together: 'viewed', bought_together: 'bought', next: 'next' } as const;

/** The source that gave the most. */
function causeOf({ source, seed, explored }: Candidate, row: PageRow, { seeds, region, recipe }: Telling): Cause {
  if (explored) return { kind: 'newest' };
  if (source === undefined) return plainCauseOf(row, recipe);
  const { from } = recipe;
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

/** Of what no source speaks for. */
function plainCauseOf(row: PageRow, { among, scenario: { exploration } }: Telling['recipe']): Cause {
  const days = exploration?.maxAgeDays ?? newForDays;
  if (row.stored_at > Date.now() / 1_000 - days * daySeconds) return { kind: 'newest' };
  return { kind: among ? 'listed' : 'more' };
}
