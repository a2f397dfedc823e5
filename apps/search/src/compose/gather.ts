import { limits } from '@kindred/contracts';
import { addBoost } from '@kindred/ranking';
import { type CollectionRow, FactPlan, type SearchSnapshot, type Traits } from '@kindred/vector-index';
import type { ComposedQuery } from './composed-query.ts';
import { filtered, groupsAreApart, type Narrowers, withoutValues } from './group-filter.ts';
import type { PlannedStage } from './plan-stages.ts';
import { byScore, type Candidate, type OnPool } from './rank-part.ts';
import { rankStage } from './rank-stage.ts';

/** A candidate with what is known of its item. */
export interface Known extends Candidate {
  /** Values of the attribute that groups are made by, and of the one that diversity limits. */
  group: readonly unknown[];
  variety: readonly unknown[];
}

export interface Gathered {
  /** Boosted, best first: those of the first pool, then those that only deeper ones have. */
  candidates: Known[];
  /** So many of them are of the first pool. */
  first: number;
  /** More may match than were looked at; of groups, more groups. */
  cut: boolean;
  /** Some group may have more hits. */
  short: boolean;
  /** An item beyond the pool could be boosted into the page. */
  unsure: boolean;
}

export interface Gathering {
  snapshot: SearchSnapshot;
  query: ComposedQuery;
  collections: CollectionRow[];
  planned: PlannedStage;
  /** Of groups. */
  narrowers: Narrowers;
  now: number;
  onPool: OnPool;
  /** Whether the page, and one more behind it, can be made of these. */
  enough(candidates: readonly Known[]): boolean;
}

/**
 * Candidates per search for the first pages; boosts look deeper, since what they lift may lie there: as far as one batch of an
 * HNSW search goes, 1,000 rows at most (900 of 100,000 vectors took .74 x the time of 1,000).
 */
export const poolDepth = ({ firstLimit, boosts }: ComposedQuery) =>
  Math.min(limits.pageDepth, boosts.length > 0 ? Math.max(oneBatch, 4 * firstLimit) : Math.max(200, 2 * firstLimit));

const oneBatch = 900;
const deeper = 4;

/**
 * The candidates in one order that does not depend on the page: pools grow only where a page is not filled, and what a
 * deeper pool adds comes behind all of the one before, its scores not above the last one there.
 */
export async function gather(gathering: Gathering): Promise<Gathered> {
  const { query, planned, snapshot, onPool, enough } = gathering;
  const reader = new FactReader(gathering);
  const candidates: Known[] = [];
  const seen = new Set<string>();
  let unsure = false;
  let firstPool = 0;
  for (let depth = poolDepth(query); ; depth = Math.min(limits.pageDepth, depth * deeper)) {
    const first = depth === poolDepth(query);
    const ranked = await rankStage({ snapshot, onPool: first ? onPool : undefined }, planned, depth);
    const fresh = ranked.candidates.filter(({ key }) => !seen.has(key));
    const known = await reader.known(fresh);
    if (first) unsure = ranked.cut && couldMiss(query, ranked.candidates, known, gathering);
    const most = candidates.at(-1)?.score ?? Number.POSITIVE_INFINITY;
    for (const each of known) candidates.push({ ...each, score: Math.min(most, each.score) });
    for (const { key } of fresh) seen.add(key);
    if (first) firstPool = known.length;
    if (first && ranked.cut && !enough(candidates) && groupsAtOnce(gathering)) {
      const cut = await findGroups(gathering, reader, candidates);
      return { candidates, first: firstPool, cut, short: true, unsure };
    }
    const last = !ranked.cut || depth >= limits.pageDepth || planned.stages.length > 0;
    if (last || enough(candidates)) return { candidates, first: firstPool, cut: ranked.cut, short: ranked.cut, unsure };
  }
}

const groupsAtOnce = ({ query: { groupBy }, planned, collections }: Gathering) =>
  groupBy !== undefined && planned.stages.length === 0 && groupsAreApart(groupBy.field, collections);

/** Searches for groups, each for those that are not found yet. */
const mostGroupSearches = 16;

/**
 * Adds candidates of further groups, by the query without the values found so far, until there are enough or no more; says
 * whether there may be more. A deeper pool would hold mostly items of the groups that are known.
 */
async function findGroups(gathering: Gathering, reader: FactReader, candidates: Known[]): Promise<boolean> {
  const { query, planned, snapshot, enough, narrowers } = gathering;
  for (let search = 0; search < mostGroupSearches; search++) {
    const values = [...new Set(candidates.map(({ group }) => group[0]))];
    if (values.length > limits.filterValues) return true;
    const others = filtered(narrowers, planned, withoutValues(query.groupBy!.field, values));
    const ranked = await rankStage({ snapshot }, others, poolDepth(query));
    const most = candidates.at(-1)?.score ?? Number.POSITIVE_INFINITY;
    for (const each of await reader.known(ranked.candidates)) {
      candidates.push({ ...each, score: Math.min(most, each.score) });
    }
    if (!ranked.cut || enough(candidates)) return ranked.cut;
  }
  return true;
}

/** Nothing beyond the pool is more relevant than its last one, so none is boosted above that times the most that boosts add. */
function couldMiss(
  query: ComposedQuery,
  relevant: readonly Candidate[],
  boosted: readonly Known[],
  { enough }: Gathering,
) {
  const most = query.boosts.reduce((sum, { weight }) => sum + Math.max(0, weight), 0);
  const last = relevant.at(-1);
  if (most === 0 || !last) return false;
  const beyond = addBoost(last.score, most);
  return !enough(boosted.filter(({ score }) => score >= beyond));
}

/** Reads what boosts, groups and diversity need, and boosts. */
export class FactReader {
  private readonly plan: FactPlan;

  constructor(private readonly gathering: Pick<Gathering, 'snapshot' | 'query' | 'collections' | 'now'>) {
    const { query, now } = gathering;
    const { boosts, groupBy, diversity } = query;
    this.plan = new FactPlan({ boosts, groupBy, limited: diversity?.attribute ? [diversity.attribute] : [], now });
  }

  async known(candidates: readonly Candidate[]): Promise<Known[]> {
    if (this.plan.facts.length === 0) return candidates.map((each) => ({ ...each, group: [], variety: [] }));
    const { snapshot, collections, query } = this.gathering;
    const facts: Map<string, unknown[]>[] = [];
    for (const [at, collection] of collections.entries()) {
      const ids = candidates.filter((each) => each.collection === at).map(({ itemId }) => itemId);
      facts.push(await snapshot.facts(collection, ids, this.plan.facts));
    }
    const traitsOf = this.plan.reader(collections, facts);
    const known = candidates.map((each) => boosted(each, traitsOf(each.collection, each.itemId)));
    return query.boosts.length > 0 ? known.sort(byScore) : known;
  }
}

function boosted(each: Candidate, { boost, group, limited: [variety = []] }: Traits): Known {
  if (boost === undefined) return { ...each, group, variety };
  const scores = { ...each.scores, relevance: each.score, boost };
  return { ...each, score: addBoost(each.score, boost), scores, group, variety };
}
