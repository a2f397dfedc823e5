import { limits } from '@kindred/contracts';
import { addBoost } from '@kindred/ranking';
import {
  type Arranged,
  type Arrangement,
  arrangeUnseen,
  type Boost,
  type CollectionRow,
  FactPlan,
  type ModelTable,
  mostDiversified,
  readFacts,
  readVectors,
  type Shown,
  type Traits,
} from '@kindred/vector-index';
import { explored, withExplored } from './exploration.ts';
import type { Limits } from './limits-of.ts';
import { type Live, liveCandidates } from './live-candidates.ts';
import type { Candidate } from './pool.ts';
import type { Recipe } from './recipe.ts';
import type { CheckedRequest } from './request.ts';

/** A candidate with what is known of its item. */
export interface Known extends Candidate {
  key: string;
  group: readonly unknown[];
  /** Values of the attributes that are limited, in their order. */
  varieties: readonly (readonly unknown[])[];
  /** Before and by boosts. */
  relevance?: number;
  boost?: number;
}

/** What decides whether an answer needs more than its candidates in their order. */
export interface Rules extends Limits {
  recipe: Recipe;
  request: CheckedRequest;
  boosts: readonly Boost[];
  strength: number;
}

export interface Arranging extends Live, Rules {
  collection: CollectionRow;
  model: ModelTable | undefined;
  /** Whose exploration it is: others meet other new items. */
  who: string;
  /** On the pages before. */
  shown: Shown;
}

export interface ArrangedPage extends Arranged<Known> {
  /** More may match than were looked at. */
  cut: boolean;
  /** A candidate beyond those looked at could be boosted into the page. */
  unsure: boolean;
}

const deeper = 4;

/** Whether an answer needs more than its candidates in their order. */
export const isArranged = ({ request, boosts, limits: quotas, strength, recipe }: Rules): boolean =>
  boosts.length > 0 ||
  quotas.length > 0 ||
  strength > 0 ||
  request.groupBy !== undefined ||
  recipe.scenario.exploration !== undefined;

/** Candidates of the first pages; boosts look deeper, since what they lift may lie there. */
function firstDepth(arranging: Arranging): number {
  const { request, boosts, shown } = arranging;
  if (!isArranged(arranging)) return shown.count + request.limit + 1;
  const { firstLimit } = request;
  const depth = boosts.length > 0 ? Math.max(1_000, 4 * firstLimit) : Math.max(mostDiversified, 2 * firstLimit);
  return Math.min(limits.pageDepth, depth);
}

/**
 * The best that was not shown, boosted, diversified, limited and grouped. Depths do not depend on the page: what a deeper one
 * adds comes behind all of the one before, so that pages fit together.
 */
export async function arrangedPage(arranging: Arranging): Promise<ArrangedPage> {
  const { shown, sql, collection, strength } = arranging;
  const reader = new FactReader(arranging);
  const fresh = await explored(arranging);
  const known: Known[] = [];
  for (let depth = firstDepth(arranging); ; depth = Math.min(limits.pageDepth, depth * deeper)) {
    const live = await liveCandidates(arranging, depth);
    const first = known.length === 0;
    const most = known.at(-1)?.score ?? Number.POSITIVE_INFINITY;
    const batch = await reader.known(live.slice(known.length));
    const cut = live.length >= depth;
    for (const each of batch) known.push({ ...each, score: Math.min(most, each.score) });
    const diversified = Math.min(mostDiversified, known.length);
    const candidates = withExplored(
      known,
      await reader.known(fresh),
      arranging.recipe.scenario.exploration?.share ?? 0,
    );
    const nearby = strength > 0 ? candidates.slice(0, diversified).map(({ itemId }) => itemId) : [];
    const vectors = nearby.length > 0 ? await readVectors(sql, collection, nearby, arranging.model) : new Map();
    const page = arrangeUnseen(arrangementOf(arranging), { candidates, diversified, vectors }, shown);
    const unsure = first && cut && couldMiss(arranging, known, page);
    if (page.more || !cut || depth >= limits.pageDepth) return { ...page, cut, unsure };
  }
}

function arrangementOf({ request, limits: quotas, strength }: Arranging): Arrangement<Known> {
  const valueLimits = quotas.map(({ most }, at) => ({ valuesOf: ({ varieties }: Known) => varieties[at]!, most }));
  return { limit: request.limit, strength, limits: valueLimits, groupSize: request.groupBy?.size };
}

/** Nothing beyond the pool is more relevant than its last one, so none is boosted above that times the most that boosts add. */
function couldMiss({ boosts }: Arranging, known: readonly Known[], { hits, groups }: Arranged<Known>): boolean {
  const most = boosts.reduce((sum, { weight }) => sum + Math.max(0, weight), 0);
  if (most === 0 || known.length === 0) return false;
  const least = Math.min(...known.map(({ relevance = 0 }) => relevance));
  const shown = [...hits, ...groups.flatMap((group) => group.hits)];
  return addBoost(least, most) > Math.min(...shown.map(({ score }) => score));
}

/** Reads what boosts, groups and limits need, and boosts. */
class FactReader {
  private readonly plan: FactPlan;

  constructor(private readonly arranging: Arranging) {
    const { boosts, request, limits: quotas } = arranging;
    const limited = quotas.map(({ attribute }) => attribute);
    this.plan = new FactPlan({ boosts, groupBy: request.groupBy, limited, now: Date.now() });
  }

  async known(candidates: readonly Candidate[]): Promise<Known[]> {
    const { sql, collection, boosts } = this.arranging;
    if (candidates.length === 0) return [];
    if (this.plan.facts.length === 0)
      return candidates.map((each) => ({ ...each, key: each.itemId, group: [], varieties: [] }));
    const ids = candidates.map(({ itemId }) => itemId);
    const traitsOf = this.plan.reader([collection], [await readFacts(sql, collection, ids, this.plan.facts)]);
    const known = candidates.map((each) => boosted(each, traitsOf(0, each.itemId)));
    return boosts.length > 0 ? known.sort((left, right) => right.score - left.score) : known;
  }
}

function boosted(each: Candidate, { boost, group, limited: varieties }: Traits): Known {
  const known = { ...each, key: each.itemId, group, varieties };
  if (boost === undefined) return known;
  return { ...known, score: addBoost(each.score, boost), relevance: each.score, boost };
}
