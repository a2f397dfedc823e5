import { createHash } from 'node:crypto';
import { KindredError, limits, QueryRequest } from '@kindred/contracts';
import { boostsOf, diversityOf, groupByOf, invalid, missing } from '@kindred/vector-index';
import type { ComposedQuery, Rerank, Stage } from './composed-query.ts';
import { type SearchOf, stageOf } from './stages-of.ts';

const mostCollections = 16;
/** Searches of one collection each. */
const mostSearches = 32;

/** The wire request as a composed query, checked as far as that needs no collection. */
export async function composedQueryOf(
  request: QueryRequest,
  tenant: string,
  searchOf: SearchOf,
  signal: AbortSignal,
): Promise<ComposedQuery> {
  const collections = collectionsOf(request);
  const { limit = 10 } = request;
  if (!Number.isInteger(limit) || limit < 1 || limit > limits.pageLimit) {
    const message = `limit is ${limit}; it must be from 1 to ${limits.pageLimit}. Use page_token for more`;
    throw new KindredError('LIMIT_OUT_OF_RANGE', 'limit', message);
  }
  const boosts = boostsOf(request.boosts);
  const diversity = diversityOf(request.diversity);
  const groupBy = groupByOf(request.groupBy);
  const stage = await stageOf(request, searchOf);
  const searches = countSearches(stage) * collections.length;
  if (searches > mostSearches) {
    const way = `at most ${mostSearches} are taken: search fewer collections, or by fewer parts and stages`;
    throw invalid('collections', `make ${searches} searches with the parts and stages of the query`, way);
  }
  return {
    tenant,
    collections,
    stage,
    boosts,
    diversity,
    groupBy,
    rerank: rerankOf(request, stage),
    limit,
    firstLimit: limit,
    identity: identityOf(request, tenant),
    pageToken: request.pageToken,
    payload: request.with?.payload ?? true,
    vectors: request.with?.vectors ?? false,
    highlight: request.textOptions?.highlight ?? false,
    signal,
  };
}

function collectionsOf({ collection, collections }: QueryRequest): string[] {
  const all = [collection, ...collections];
  if (all.length > mostCollections) {
    throw invalid('collections', `has ${collections.length} entries`, `at most ${mostCollections - 1} are taken`);
  }
  for (const [at, name] of collections.entries()) {
    if (all.indexOf(name) === at + 1) continue;
    throw invalid(`collections[${at}]`, `is "${name.slice(0, 64)}" again`, 'name each collection once');
  }
  return all;
}

function rerankOf({ rerank }: QueryRequest, stage: Stage): Rerank | undefined {
  if (!rerank) return undefined;
  const { model, depth = 50, text } = rerank;
  if (!Number.isInteger(depth) || depth < 1 || depth > 200) {
    throw invalid('rerank.depth', `is ${depth}`, 'give the number of hits to order anew, from 1 to 200');
  }
  if (Buffer.byteLength(text) > limits.queryText) {
    const message = `rerank.text is longer than ${limits.queryText} bytes of UTF-8; shorten it`;
    throw new KindredError('FIELD_TOO_LARGE', 'rerank.text', message);
  }
  const asked = text.trim() === '' ? textOf(stage) : text;
  if (asked === undefined)
    throw missing('rerank.text', 'the query has no one text to compare items with; give it here');
  return { model, depth, text: asked };
}

/** The query's text; of parts and stages the only one there is. */
function textOf(stage: Stage): string | undefined {
  const texts = stage.parts.flatMap(({ weight, search: { by } }) =>
    weight > 0 && by.kind === 'text' ? [by.text] : [],
  );
  const own = new Set(texts);
  if (own.size > 0) return own.size === 1 ? texts[0] : undefined;
  const before = new Set(stage.stages.map(textOf).filter((text) => text !== undefined));
  return before.size === 1 ? [...before][0] : undefined;
}

const countSearches = ({ parts, stages }: Stage): number =>
  stages.reduce((sum, stage) => sum + countSearches(stage), parts.length);

/** Over everything but what hits carry, and where the page begins and ends. */
function identityOf(request: QueryRequest, tenant: string): Buffer {
  const bytes = QueryRequest.encode({ ...request, pageToken: '', limit: undefined, with: undefined }).finish();
  return createHash('sha256').update(tenant).update('\0').update(bytes).digest();
}
