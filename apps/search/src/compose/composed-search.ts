import { type Hit, type HitGroup, KindredError, type Plan, type TextSuggestion } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import type { Reranker } from '@kindred/embedder';
import {
  type Arranged,
  arrangeUnseen,
  type CollectionDirectory,
  type CollectionRow,
  countUnseen,
  type LiveItemRow,
  mostDiversified,
  ranOf,
  type Search,
  SearchSnapshot,
  type Shown,
  under,
} from '@kindred/vector-index';
import { checkCollections } from './check-collections.ts';
import { answerOf, hitsOf, nextToken, noteLimits } from './composed-answer.ts';
import { ComposedPlan } from './composed-plan.ts';
import { arrangementOf, type ComposedQuery } from './composed-query.ts';
import { type ComposedPosition, nothingShown, readComposedToken } from './composed-token.ts';
import { type Gathered, type Gathering, gather, type Known, poolDepth } from './gather.ts';
import { groupFill } from './group-fill.ts';
import type { Narrowers } from './group-filter.ts';
import { leavesOf, planStages, readCollections } from './plan-stages.ts';
import { keyOf } from './rank-part.ts';
import { noteUnmet, suggestionsOf } from './read-texts.ts';
import { rerankHits } from './rerank-hits.ts';

export interface ComposedAnswer {
  hits: Hit[];
  groups: HitGroup[];
  /** Empty on the last page. */
  nextPageToken: string;
  plan: Plan;
  /** Other texts that may have been meant, best first; none where the query has several texts. */
  suggestions: TextSuggestion[];
}

/** Gives the reranker of that name; throws a KindredError on the field "model" where there is none. */
export interface RerankerSource {
  get(name: string): Promise<Reranker>;
}

/** What one snapshot gave. */
interface Read extends Gathered {
  vectors: Map<string, Float32Array>;
  items: Map<string, LiveItemRow>;
  page: Arranged<Known>;
}

interface Reranking {
  read: Read;
  collections: CollectionRow[];
  reranker: Reranker | undefined;
  plan: ComposedPlan;
  before: ComposedPosition | undefined;
  shown: Shown;
}

/** Queries of several searches, reordered: every statement of one query sees the same snapshot. */
export class ComposedSearch {
  constructor(
    private readonly database: Database,
    private readonly directory: CollectionDirectory,
    private readonly search: Pick<Search, 'chooser' | 'vocabularies'>,
    private readonly rerankers: RerankerSource,
  ) {}

  /** One page. Throws a KindredError for what the caller can mend, by the field's path. */
  async query(asked: ComposedQuery): Promise<ComposedAnswer> {
    const now = Date.now();
    const before = readComposedToken(asked);
    const query = before ? { ...asked, firstLimit: before.firstLimit } : asked;
    const plan = new ComposedPlan(query);
    const collections = await readCollections(this.directory, query);
    await checkCollections(query, collections, now);
    const reranker = query.rerank && (await under('rerank', () => this.rerankers.get(query.rerank!.model)));
    const { chooser, vocabularies } = this.search;
    const planning = { query, collections, chooser, vocabularies, before: before?.searches.slice() };
    const planned = await planStages(planning, query.stage, poolDepth(query));
    const narrowers = await this.narrowersOf(query, collections);
    const leaves = leavesOf(planned);
    plan.planned(leaves);
    const shown = before?.shown ?? nothingShown(query);
    const read = await SearchSnapshot.open(this.database, query, (snapshot) => {
      const enough = (candidates: readonly Known[]) =>
        countUnseen(arrangementOf(query), candidates, shown) > query.limit;
      return this.read({ snapshot, query, collections, planned, narrowers, now, onPool: plan.add, enough }, shown);
    });
    plan.step('database');
    const { page, reranked } = await this.reranked(query, { read, collections, reranker, plan, before, shown });
    noteLimits(query, read, page, plan);
    const searches = leaves.map(({ legs, read: { corrected } }) => ranOf(legs, corrected));
    const nextPageToken = nextToken(query, { firstLimit: query.firstLimit, reranked, searches, shown }, page, plan);
    if (read.candidates.length === 0 && !before) noteUnmet(leaves, plan);
    const answer = await answerOf(query, page, { collections, leaves, ...read });
    return { ...answer, nextPageToken, plan: plan.result(), suggestions: suggestionsOf(leaves) };
  }

  private async narrowersOf({ groupBy }: ComposedQuery, collections: readonly CollectionRow[]): Promise<Narrowers> {
    const narrower = async (one: CollectionRow) => [one.name, await this.search.chooser.narrower(one)] as const;
    return new Map(groupBy ? await Promise.all(collections.map(narrower)) : []);
  }

  private async read(gathering: Gathering, before: Shown): Promise<Read> {
    const { query } = gathering;
    const gathered = await gather(gathering);
    const diversified = Math.min(mostDiversified, gathered.first);
    const differing = (query.diversity?.strength ?? 0) > 0;
    const vectors = await vectorsOf(gathering, differing ? gathered.candidates.slice(0, diversified) : []);
    const arranged = () =>
      arrangeUnseen(arrangementOf(query), { candidates: gathered.candidates, diversified, vectors }, before);
    let page = arranged();
    if (query.groupBy && gathered.short) {
      gathered.candidates.push(...(await groupFill(gathering, page.groups, gathered.candidates)));
      page = arranged();
    }
    // What a reranker will bring to the page is known only after it has answered.
    const shown = query.rerank ? gathered.candidates : hitsOf(page);
    const rows = query.payload || query.highlight || query.rerank;
    const items = await itemsOf(gathering, rows ? shown : []);
    if (query.vectors) for (const [key, vector] of await vectorsOf(gathering, shown)) vectors.set(key, vector);
    return { ...gathered, vectors, items, page };
  }

  private async reranked(
    query: ComposedQuery,
    { read, collections, reranker, plan, before, shown }: Reranking,
  ): Promise<{ page: Arranged<Known>; reranked: boolean | undefined }> {
    const { rerank, signal } = query;
    if (!rerank || !reranker) return { page: read.page, reranked: undefined };
    // A page behind one that was not reranked is not either: another order would repeat hits.
    if (before?.reranked === false) return { page: read.page, reranked: false };
    const input = { reranker, rerank, items: read.items, collections, signal };
    const { candidates, failure } = await rerankHits(read.candidates, input);
    plan.step('rerank');
    if (failure !== '') {
      if (before?.reranked) throw rerankingAway(failure);
      plan.note(`Not reranked by "${reranker.name}": ${failure}`);
      return { page: read.page, reranked: false };
    }
    const diversified = Math.min(mostDiversified, read.first, rerank.depth);
    return {
      page: arrangeUnseen(arrangementOf(query), { candidates, diversified, vectors: read.vectors }, shown),
      reranked: true,
    };
  }
}

function rerankingAway(why: string): KindredError {
  const message = `The page before was reranked, and now the reranker gives nothing (${why}); try again, or start without a token`;
  return new KindredError('EMBEDDING_UNAVAILABLE', '', message);
}

const itemsOf = ({ snapshot, collections }: Gathering, candidates: readonly Known[]) =>
  byCollection(collections, candidates, (collection, ids) => snapshot.items(collection, ids));

const vectorsOf = ({ snapshot, collections, planned }: Gathering, candidates: readonly Known[]) => {
  // Of the model that answers, where one does.
  const model = leavesOf(planned).find(({ legs }) => legs.dense)?.legs.dense?.model;
  return byCollection(collections, candidates, (collection, ids) => snapshot.vectors(collection, ids, model));
};

/** What is known of items by id, under the keys of the candidates. */
async function byCollection<Value>(
  collections: readonly CollectionRow[],
  candidates: readonly Known[],
  read: (collection: CollectionRow, ids: string[]) => Promise<Map<string, Value>>,
): Promise<Map<string, Value>> {
  const all = new Map<string, Value>();
  for (const [at, collection] of collections.entries()) {
    const ids = candidates.filter((each) => each.collection === at).map(({ itemId }) => itemId);
    for (const [id, value] of await read(collection, ids)) all.set(keyOf(at, id), value);
  }
  return all;
}
