import { type Diversity, type Filter, KindredError, limits, type With } from '@kindred/contracts';
import type { CollectionRow } from '@kindred/vector-index';
import { type Language, languageOf } from './reasons.ts';
import type { Origin } from './seeds.store.ts';

const defaultLimit = 10;

/** What Recommend and Similar have in common. */
export interface PagedRequest {
  filter?: Filter | undefined;
  limit?: number | undefined;
  pageToken: string;
  with?: With | undefined;
  diversity?: Diversity | undefined;
  language: string;
}

/** A request whose defaults are filled in and whose fields are checked. */
export interface CheckedRequest {
  limit: number;
  pageToken: string;
  filter: Filter | undefined;
  diversity: Diversity | undefined;
  language: Language;
  payload: boolean;
  vectors: boolean;
}

/** Throws a KindredError that names the field. */
export function checkRequest(request: PagedRequest, collection: CollectionRow): CheckedRequest {
  const limit = request.limit ?? defaultLimit;
  if (!Number.isInteger(limit) || limit < 1 || limit > limits.pageLimit) {
    const message = `limit is ${limit}; it must be from 1 to ${limits.pageLimit}. Use page_token for more`;
    throw new KindredError('LIMIT_OUT_OF_RANGE', 'limit', message);
  }
  checkDiversity(request.diversity, collection);
  return {
    limit,
    pageToken: request.pageToken,
    filter: request.filter,
    diversity: request.diversity,
    language: languageOf(request.language),
    payload: request.with?.payload ?? true,
    vectors: request.with?.vectors ?? false,
  };
}

function checkDiversity(diversity: Diversity | undefined, collection: CollectionRow): void {
  if (!diversity) return;
  const { strength, attribute, maxPerValue } = diversity;
  if (!(strength >= 0 && strength <= 1)) {
    throw new KindredError('FIELD_INVALID', 'diversity.strength', `diversity.strength is ${strength}; give 0 to 1`);
  }
  if (maxPerValue !== undefined && (!Number.isInteger(maxPerValue) || maxPerValue < 1)) {
    const message = `diversity.max_per_value is ${maxPerValue}; give 1 or more`;
    throw new KindredError('FIELD_INVALID', 'diversity.max_per_value', message);
  }
  if ((attribute === '') !== (maxPerValue === undefined)) {
    const [missing, given] = attribute === '' ? ['attribute', 'max_per_value'] : ['max_per_value', 'attribute'];
    const message = `diversity.${missing} is missing; it belongs to diversity.${given}`;
    throw new KindredError('FIELD_MISSING', `diversity.${missing}`, message);
  }
  const known = ['', 'categories', ...collection.attributes.map(({ name }) => name)];
  if (known.includes(attribute)) return;
  const message = `"${attribute}" is not declared in "${collection.name}"; use ${known.slice(1).join(', ')}`;
  throw new KindredError('UNKNOWN_ATTRIBUTE', 'diversity.attribute', message);
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

/** What decides order and membership of the hits, for the page token; what hits carry may differ from page to page. */
export function identityOf(tenant: string, collection: CollectionRow, request: CheckedRequest, of: [Origin, unknown]) {
  const { limit, filter, diversity } = request;
  return [tenant, collection.collectionId, of, limit, filter ?? null, diversity ?? null];
}
