import { type AbsenceReason, type ExplainAbsenceResponse, KindredError, limits, type Plan } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import type { CollectionRow } from '../collection.store.ts';
import type { CollectionDirectory } from '../collection-directory.ts';
import { type CollectionModel, readCollectionModels } from '../models/collection-models.store.ts';
import { exampleIds } from '../search/dense-leg.ts';
import { chooseModel } from '../search/model-choice.ts';
import { readPageToken } from '../search/page-token.ts';
import type { Search, SearchResult } from '../search/search.ts';
import { type CheckedRequest, checkRequest, type SearchRequest } from '../search/search-request.ts';
import { parseQueryText } from '../text/query-text.ts';
import { readText } from '../text/read-text.ts';
import {
  blockingReasons,
  farBehind,
  type Looked,
  legReasons,
  nothingCompared,
  outranked,
  type Standing,
  textReasons,
  unknownItem,
} from './absence-reasons.ts';
import { type ItemFacts, readItemFacts } from './item-facts.store.ts';

/** What keeps an item out of every answer, and what out of single legs, or low in them. */
export interface Reasons {
  deleted: boolean;
  blocking: AbsenceReason[];
  legs: AbsenceReason[];
}

/** Tells why an item is not among the hits of a query: its own state, the filter, each leg, or better hits. */
export class AbsenceExplainer {
  constructor(
    private readonly database: Database,
    private readonly directory: CollectionDirectory,
    private readonly search: Pick<Search, 'query'>,
  ) {}

  /** Runs the query; throws what the query itself would throw, and FIELD_MISSING or FIELD_TOO_LARGE for the item's id. */
  async explain(request: SearchRequest, itemId: string): Promise<ExplainAbsenceResponse> {
    checkItemId(itemId);
    const checked = checkRequest(request);
    const before = readPageToken(checked)?.offset ?? 0;
    const page = await this.search.query({ ...request, payload: false, vectors: false });
    const place = page.hits.findIndex((hit) => hit.itemId === itemId);
    if (place >= 0) return { position: BigInt(before + place + 1), reasons: [] };
    const found = await this.reasons(request, itemId, page.plan);
    if (!found) return { reasons: [unknownItem({ itemId, collection: request.collection })] };
    const { deleted, blocking, legs } = found;
    if (deleted) return { reasons: blocking };
    if (blocking.length > 0) return { reasons: [...blocking, ...legs] };
    const rank = await this.rank(request, itemId, before + checked.limit, page);
    return { reasons: [...(rank ? [rank] : []), ...legs] };
  }

  /** Of one search, which ran as the plan says. Undefined where the tenant has no such item. */
  async reasons(request: SearchRequest, itemId: string, plan: Plan): Promise<Reasons | undefined> {
    const checked = checkRequest(request);
    const collection = await this.directory.get(checked.tenant, checked.collection);
    // Corrected words are told by the query itself.
    const { request: read } = await readText(checked, collection, undefined);
    const { facts, model } = await this.facts(read, collection, itemId);
    if (!facts) return undefined;
    const looked = lookedOf(checked, itemId, model);
    const { blocking, legs } = reasonsOf(checked, looked, facts);
    if (looked.dense && comparedNothing(plan)) legs.push(nothingCompared(looked, plan.notes));
    return { deleted: facts.deleted, blocking, legs };
  }

  private facts(
    request: CheckedRequest,
    collection: CollectionRow,
    itemId: string,
  ): Promise<{ facts: ItemFacts | undefined; model: CollectionModel | undefined }> {
    const { tenant, signal, filter, terms, conditions, mode } = request;
    return this.database.transaction({ tenant, readOnly: true, signal }, async (sql) => {
      const models = await readCollectionModels(sql, collection.collectionId);
      const model = mode === 'lexical' ? undefined : chooseModel(request, { models, items: 0n, hasTermIndex: false });
      const asked = { itemId, filter, terms: mode === 'dense' ? [] : terms, conditions, model };
      return { facts: await readItemFacts(sql, collection, asked), model };
    });
  }

  /** Undefined where no leg finds the item at all. */
  private async rank(request: SearchRequest, itemId: string, pageEnd: number, page: SearchResult) {
    let pageToken = '';
    let lastScore = page.hits.at(-1)?.score ?? 0;
    for (let seen = 0; seen < limits.pageDepth; ) {
      const wanted = {
        ...request,
        limit: limits.pageLimit,
        exact: true,
        explain: true,
        payload: false,
        vectors: false,
      };
      const { hits, nextPageToken } = await this.search.query({ ...wanted, pageToken });
      lastScore = hits[pageEnd - seen - 1]?.score ?? lastScore;
      const at = hits.findIndex((hit) => hit.itemId === itemId);
      if (at >= 0) {
        const { score, scores } = hits[at]!;
        const approximate = page.plan.legs.some(({ name, method }) => name === 'dense' && method !== 'vector_exact');
        return outranked({ position: seen + at + 1, score, ranks: ranksOf(scores), pageEnd, lastScore, approximate });
      }
      if (nextPageToken === '') return hits.length < limits.pageLimit ? undefined : farBehind(seen + hits.length);
      pageToken = nextPageToken;
      seen += hits.length;
    }
    return farBehind(limits.pageDepth);
  }
}

/** What keeps the item out of every answer, and out of each leg. */
function reasonsOf({ by, options }: CheckedRequest, looked: Looked, facts: ItemFacts) {
  const blocking = blockingReasons(facts, exampleIds(by).includes(looked.itemId));
  const marked = by.kind === 'text' && !options.literal && !facts.deleted;
  if (marked) blocking.push(...textReasons(facts, parseQueryText(by.text)));
  return { blocking, legs: legReasons(facts, looked) };
}

/** The dense leg did not run, or had no vector to search with. What was answered without looking needs neither. */
const comparedNothing = ({ legs, complete }: Plan) =>
  !legs.some((leg) => leg.name === 'dense' && leg.complete) && !(complete && legs.length === 0);

export function checkItemId(itemId: string): void {
  if (itemId === '') throw new KindredError('FIELD_MISSING', 'item_id', 'item_id is empty; name the missing item');
  if (Buffer.byteLength(itemId) > limits.id || itemId.includes('\u0000')) {
    const message = `item_id must be at most ${limits.id} bytes of UTF-8 without null bytes`;
    throw new KindredError('FIELD_INVALID', 'item_id', message);
  }
}

const lookedOf = (
  { mode, collection, by, terms }: CheckedRequest,
  itemId: string,
  model?: CollectionModel,
): Looked => ({
  itemId,
  collection,
  by: by.kind,
  readable: by.kind !== 'text' || mode === 'dense' || terms.length > 0,
  lexical: mode !== 'dense' && terms.length > 0,
  dense: mode !== 'lexical',
  model: model?.model.name ?? '',
});

function ranksOf(scores: Record<string, number>): Standing['ranks'] {
  const ranks = Object.entries(scores).filter(([name]) => name.endsWith('_rank'));
  return Object.fromEntries(ranks.map(([name, rank]) => [name.replace('_rank', ''), rank]));
}
