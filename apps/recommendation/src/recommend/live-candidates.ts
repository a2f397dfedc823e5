import { limits } from '@kindred/contracts';
import type { Sql } from '@kindred/database';
import { type Range, readLiveIds, readMorePopular, readNewest } from './page.store.ts';
import type { Candidate, Pool } from './pool.ts';
import type { Recipe } from './recipe.ts';

export interface Live {
  sql: Sql;
  range: Range;
  recipe: Recipe;
  pool: Pool;
  excluded: ReadonlySet<string>;
  /** Instead of the pool's order: what is to be ordered, best first. */
  ordered?: readonly Candidate[];
}

/** Of so many candidates at least one page's worth is live, unless a filter leaves few. */
export const firstLook = (most: number) => 2 * most + 50;

/** A filter that leaves a hundredth is met by this many times the first look, most often; all are ten times as many. */
const furtherLook = 16;

/** Where nothing else is left to order by, popular items count as little as this. */
const fillWeight = 0.1;

/**
 * The best `most` items that may appear, in one order whatever `most` is: candidates of the sources, then what is popular,
 * then what is new, so that a page is full whenever enough items match.
 */
export async function liveCandidates(live: Live, most: number): Promise<Candidate[]> {
  const { pool, ordered } = live;
  if (ordered) return aliveOf(live, ordered, most);
  const found = await aliveOf(live, pool.best(firstLook(most)), most);
  if (found.length >= most) return found;
  const all = pool.all();
  const look = furtherLook * firstLook(most);
  const further = await aliveOf(live, all.slice(0, look), most);
  if (further.length >= most) return further;
  const alive = all.length <= look ? further : await aliveOf(live, all, most);
  return alive.length >= most ? alive : [...alive, ...(await fillOf(live, alive, most - alive.length))];
}

async function aliveOf({ sql, range }: Live, candidates: readonly Candidate[], most: number): Promise<Candidate[]> {
  const ids = await readLiveIds(
    sql,
    range,
    candidates.map(({ itemId }) => itemId),
    most,
  );
  const byId = new Map(candidates.map((one) => [one.itemId, one]));
  return ids.map((id) => byId.get(id)!);
}

async function fillOf(live: Live, found: readonly Candidate[], most: number): Promise<Candidate[]> {
  const { sql, range, recipe, pool, excluded } = live;
  const isOwn = ({ source }: Candidate) => source !== undefined && source !== 'popular' && source !== 'trending';
  if (recipe.fill === 'never' || (recipe.fill === 'when empty' && found.some(isOwn))) return [];
  const without = [...excluded, ...pool.candidateIds];
  const lowest = Math.min(found.at(-1)?.score ?? 1, fillWeight);
  const popular = await readMorePopular(sql, range, without, most);
  const filled = popular.map(
    ({ item_id: itemId, share }): Candidate => ({
      itemId,
      score: Math.min(lowest, fillWeight * share),
      shares: { popular: share },
      source: 'popular',
    }),
  );
  if (filled.length >= most) return filled;
  const known = [...without, ...filled.map(({ itemId }) => itemId)];
  const newest = await readNewest(sql, range, {
    without: known,
    most: Math.min(most, limits.pageDepth) - filled.length,
  });
  return [...filled, ...newest.map((itemId): Candidate => ({ itemId, score: 0, shares: {} }))];
}
