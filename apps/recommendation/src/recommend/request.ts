import {
  type Filter,
  KindredError,
  limits,
  type Boost as WireBoost,
  type Diversity as WireDiversity,
  type GroupBy as WireGroupBy,
  type With,
} from '@kindred/contracts';
import {
  type Boost,
  boostsOf,
  type CollectionRow,
  checkAttribute,
  checkBoost,
  checkGroupBy,
  type Diversity,
  diversityOf,
  filterToSql,
  type GroupBy,
  groupByOf,
} from '@kindred/vector-index';
import { type Language, languageOf } from './reasons.ts';

const defaultLimit = 10;

/** What all recommendations have in common. */
export interface PagedRequest {
  filter?: Filter | undefined;
  limit?: number | undefined;
  pageToken: string;
  with?: With | undefined;
  diversity?: WireDiversity | undefined;
  boosts: WireBoost[];
  groupBy?: WireGroupBy | undefined;
  language: string;
}

/** A request whose defaults are filled in and whose fields are checked. */
export interface CheckedRequest {
  limit: number;
  /** Of the first page: candidates stay as many as it needed. */
  firstLimit: number;
  pageToken: string;
  filter: Filter | undefined;
  diversity: Diversity | undefined;
  boosts: Boost[];
  groupBy: GroupBy | undefined;
  language: Language;
  payload: boolean;
  vectors: boolean;
  explain: boolean;
}

/** Throws a KindredError that names the field. */
export async function checkRequest(request: PagedRequest, collection: CollectionRow): Promise<CheckedRequest> {
  const limit = request.limit ?? defaultLimit;
  if (!Number.isInteger(limit) || limit < 1 || limit > limits.pageLimit) {
    const message = `limit is ${limit}; it must be from 1 to ${limits.pageLimit}. Use page_token for more`;
    throw new KindredError('LIMIT_OUT_OF_RANGE', 'limit', message);
  }
  const diversity = diversityOf(request.diversity);
  if (diversity?.attribute) checkAttribute(diversity.attribute, 'diversity.attribute', collection);
  const groupBy = groupByOf(request.groupBy);
  if (groupBy) checkGroupBy(groupBy, collection);
  const boosts = boostsOf(request.boosts);
  for (const boost of boosts) await checkBoost(boost, collection, Date.now());
  filterToSql(request.filter, collection, []);
  return {
    limit,
    firstLimit: limit,
    pageToken: request.pageToken,
    filter: request.filter,
    diversity,
    boosts,
    groupBy,
    language: languageOf(request.language),
    payload: request.with?.payload ?? true,
    vectors: request.with?.vectors ?? false,
    explain: request.with?.explain ?? false,
  };
}

/** Throws a KindredError for an id that no row can have. */
export function checkId(field: string, id: string): string {
  if (id.includes('\u0000')) {
    throw new KindredError('TEXT_HAS_NULL_BYTE', field, `${field} contains a null byte (U+0000); remove it`);
  }
  if (Buffer.byteLength(id) > limits.id) {
    throw new KindredError('FIELD_TOO_LARGE', field, `${field} is longer than ${limits.id} bytes; check the id`);
  }
  return id;
}

/** A list of ids without repetitions; throws a KindredError that names the place. */
export function checkIds(field: string, ids: readonly string[]): string[] {
  if (ids.length > limits.idsPerRequest) {
    const message = `${field} has ${ids.length} ids; at most ${limits.idsPerRequest} are taken`;
    throw new KindredError('FIELD_TOO_LARGE', field, message);
  }
  for (const [at, id] of ids.entries()) {
    const path = `${field}[${at}]`;
    if (id === '') throw new KindredError('FIELD_MISSING', path, `${path} is empty; give an id or leave it out`);
    checkId(path, id);
  }
  return [...new Set(ids)];
}

/** What decides order and membership of the hits, for the page token; how many, and what they carry, may differ from page to page. */
export function identityOf(collection: CollectionRow, request: CheckedRequest, of: unknown) {
  const { filter, diversity, boosts, groupBy } = request;
  const { tenant, collectionId } = collection;
  return [tenant, collectionId, of, filter ?? null, diversity ?? null, boosts, groupBy ?? null];
}
