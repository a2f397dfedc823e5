import { limits } from '@kindred/contracts';
import { addBoost } from '@kindred/ranking';
import {
  type Arranged,
  type Arrangement,
  arrange,
  type Boost,
  boostReader,
  type CollectionRow,
  factOf,
  type ItemFact,
  type ModelTable,
  mostDiversified,
  readFacts,
  readVectors,
} from '@kindred/vector-index';
import { explored, withExplored } from './exploration.ts';
import { type Live, liveCandidates } from './live-candidates.ts';
import type { Candidate } from './pool.ts';
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

export interface Arranging extends Live {
  collection: CollectionRow;
  request: CheckedRequest;
  boosts: readonly Boost[];
  /** Attributes, each with the most hits of one value. */
  limits: readonly { attribute: string; most: number }[];
  strength: number;
  model: ModelTable | undefined;
  /** Whose exploration it is: others meet other new items. */
  who: string;
  offset: number;
}

export interface ArrangedPage extends Arranged<Known> {
  /** More may match than were looked at. */
  cut: boolean;
  /** A candidate beyond those looked at could be boosted into the page. */
  unsure: boolean;
}

const deeper = 4;

/** Whether an answer needs more than its candidates in their order. */
export const isArranged = ({ request, boosts, limits: quotas, strength, recipe }: Omit<Arranging, 'sql'>): boolean =>
  boosts.length > 0 ||
  quotas.length > 0 ||
  strength > 0 ||
  request.groupBy !== undefined ||
  recipe.scenario.exploration !== undefined;

/** Candidates of the first pages; boosts look deeper, since what they lift may lie there. */
function firstDepth(arranging: Arranging): number {
  const { request, boosts, offset } = arranging;
  if (!isArranged(arranging)) return offset + request.limit + 1;
  const depth = boosts.length > 0 ? Math.max(1_000, 4 * request.limit) : Math.max(mostDiversified, 2 * request.limit);
  return Math.min(limits.pageDepth, depth);
}

/**
 * The page at the offset, boosted, diversified, limited and grouped. Depths do not depend on the page: what a deeper one
 * adds comes behind all of the one before, so that pages fit together.
 */
export async function arrangedPage(arranging: Arranging): Promise<ArrangedPage> {
  const { offset, sql, collection, strength } = arranging;
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
    const page = arrange(arrangementOf(arranging), { candidates, diversified, vectors }, offset);
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
  private readonly facts: ItemFact[];
  private mostPopular = 0;
  private readonly now = Date.now();

  constructor(private readonly arranging: Arranging) {
    const { boosts, request, limits: quotas } = arranging;
    this.facts = boosts.map(({ value }) => factOf(value));
    if (request.groupBy) this.facts.push({ kind: 'field', field: request.groupBy.field });
    for (const { attribute } of quotas) this.facts.push({ kind: 'value', name: attribute });
  }

  async known(candidates: readonly Candidate[]): Promise<Known[]> {
    const { sql, collection, boosts } = this.arranging;
    if (candidates.length === 0) return [];
    if (this.facts.length === 0)
      return candidates.map((each) => ({ ...each, key: each.itemId, group: [], varieties: [] }));
    const ids = candidates.map(({ itemId }) => itemId);
    const facts = await readFacts(sql, collection, ids, this.facts);
    // Of the first ones, so that later pages boost as the first one did.
    if (this.mostPopular === 0) this.mostPopular = this.popularity(facts);
    const popularity = { now: this.now, mostPopular: this.mostPopular };
    const readers = boosts.map((boost) => boostReader(boost, collection, popularity));
    const known = candidates.map((each) => this.knownOf(each, facts.get(each.itemId) ?? [], readers));
    return boosts.length > 0 ? known.sort((left, right) => right.score - left.score) : known;
  }

  private knownOf(each: Candidate, facts: readonly unknown[], readers: ReturnType<typeof boostReader>[]): Known {
    const { boosts, request } = this.arranging;
    const rest = facts.slice(boosts.length);
    const group = request.groupBy ? listOf(rest.shift()) : [];
    const known = { ...each, key: each.itemId, group, varieties: rest.map(listOf) };
    if (boosts.length === 0) return known;
    const boost = boosts.reduce((sum, { weight }, at) => sum + weight * readers[at]!(facts[at]), 0);
    return { ...known, score: addBoost(each.score, boost), relevance: each.score, boost };
  }

  private popularity(facts: ReadonlyMap<string, unknown[]>): number {
    const at = this.facts.findIndex(({ kind }) => kind === 'popularity');
    if (at === -1) return 1;
    let most = 0;
    for (const values of facts.values()) most = Math.max(most, Number(values[at] ?? 0));
    return most > 0 ? most : 1;
  }
}

/** A stored value as a list: none for null. */
function listOf(value: unknown): readonly unknown[] {
  if (value === null || value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}
