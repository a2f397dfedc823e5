import { limits } from '@kindred/contracts';
import type { Sql } from '@kindred/database';
import { isGeneral } from '../scenario/scenario.ts';
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

/** Of so many candidates at least `most` are live and match, unless fewer are left than was estimated. */
const firstLook = (most: number, share: number, alive: number | undefined) => {
  const estimated = Math.ceil((1.5 * most + 10) / Math.max(share * (alive ?? 1), leastShare));
  return alive === undefined ? Math.max(2 * most + 50, estimated) : estimated;
};
/** Estimates below are of a few sampled items: all candidates are looked at soon enough. */
const leastShare = 0.005;

/**
 * The candidates to look at first, in order: of a filter whose items were found all, else so many that `most` are left.
 * `alive` is the share that was, of late; absent: it is not known.
 */
export const firstCandidates = (
  { pool, range: { matching } }: Pick<Live, 'pool' | 'range'>,
  most: number,
  alive?: number,
): Candidate[] => (matching?.ids ? pool.among(matching.ids) : pool.best(firstLook(most, matching?.share ?? 1, alive)));

/** Where nothing else is left to order by, popular items count as little as this. */
const fillWeight = 0.1;

/**
 * The best `most` items that may appear, in one order whatever `most` is: candidates of the sources, then what is popular,
 * then what is new, so that a page is full whenever enough items match.
 */
export async function liveCandidates(live: Live, most: number): Promise<Candidate[]> {
  const { pool, ordered } = live;
  if (ordered) return aliveOf(live, ordered, most);
  const first = firstCandidates(live, most);
  const found = await aliveOf(live, first, most);
  if (found.length >= most) return found;
  const all = live.range.matching?.ids ? first : pool.all();
  const alive = all.length <= first.length ? found : await aliveOf(live, all, most);
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
  const isOwn = ({ source }: Candidate) => source !== undefined && !isGeneral(source);
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
