import { type Filter, KindredError, limits } from '@kindred/contracts';
import { analyze } from '../analyze.ts';
import { parseQueryText } from '../text/query-text.ts';
import { conditionsOf, noConditions, type TextConditions } from '../text/text-conditions.ts';
import type { Distance } from './distance.ts';

export type SearchMode = 'hybrid' | 'lexical' | 'dense';
/** `denseWeight` 0..1; absent: what the query's terms and the model call for (denseWeightFor). */
export type Fusion = { method: 'normalized'; denseWeight?: number } | { method: 'rrf'; k: number };
export type CheckedFusion = Extract<Fusion, { method: 'rrf' }> | { method: 'normalized'; denseWeight: number };

/** What to search by. Items and users stand for their vectors. */
export type SearchBy =
  | { kind: 'text'; text: string }
  /** Bytes of an encoded picture. */
  | { kind: 'image'; bytes: Uint8Array }
  /** `model`: the model's name, empty for the collection's model of text. */
  | { kind: 'vector'; values: readonly number[]; model: string }
  | { kind: 'items'; itemIds: readonly string[] }
  | { kind: 'user'; userId: string }
  | { kind: 'recommend'; positive: readonly string[]; negative: readonly string[] };

export interface SearchRequest {
  tenant: string;
  collection: string;
  by: SearchBy;
  /** Default: hybrid for text, dense for everything else. */
  mode?: SearchMode;
  /** One of the collection's models. Default: the active one for what is searched by. */
  model?: { name: string; version?: string };
  filter?: Filter;
  /** Hits per page, 1-1000. Default 10. */
  limit?: number;
  /** Of the page before; empty for the first page. */
  pageToken?: string;
  /** Look at every vector instead of an index. */
  exact?: boolean;
  /** Breadth of an HNSW search, 1-1000. */
  efSearch?: number;
  /** Lists of an IVFFlat index looked at, 1-32768. */
  probes?: number;
  /** Recall@10 wanted, above 0 and up to 1; 1 looks at every vector. */
  recallTarget?: number;
  /** Default: the collection's. Another than its index has is searched exactly. */
  distance?: Distance;
  /** Default: normalized scores, the dense leg's weight by terms and model. */
  fusion?: Fusion;
  /** Hits carry their live row. Default true. */
  payload?: boolean;
  /** Hits carry their vector. */
  vectors?: boolean;
  /** Hits carry their rank in each leg beside the scores. */
  explain?: boolean;
  textOptions?: TextOptions;
  signal?: AbortSignal;
}

/** How a text is read; everything absent is false. */
export interface TextOptions {
  /** Words that no item has stay as they are. */
  withoutTypos?: boolean;
  /** Hits tell where the terms were found. */
  highlight?: boolean;
  withoutSynonyms?: boolean;
  /** Quotation marks and - mean nothing. */
  literal?: boolean;
}

const defaultLimit = 10;

/** A request whose defaults are filled in. */
export interface CheckedRequest extends Omit<SearchRequest, 'fusion' | 'textOptions'> {
  mode: SearchMode;
  limit: number;
  pageToken: string;
  exact: boolean;
  /** As it was asked for; what the dense leg counts by default is decided with the legs. */
  fusion: Fusion;
  payload: boolean;
  vectors: boolean;
  explain: boolean;
  /** Distinct search terms of the text; none where there is no text. */
  terms: readonly string[];
  /** Only these items are looked at. */
  among?: readonly string[];
  /** Rows carry ids and scores, not what is shown of an item. */
  idsOnly?: boolean;
  /** Further lists of terms that say the same. */
  variants: readonly string[][];
  /** What to look for, without the marks of phrases and exclusions; empty where there is no text. */
  text: string;
  /** The same without phrases, which nobody corrects. */
  loose: string;
  /** True of every hit. */
  conditions: TextConditions;
  options: { typos: boolean; highlight: boolean; synonyms: boolean; literal: boolean };
}

/** Refuses what no collection could answer; throws a KindredError naming the field as the wire contract calls it. */
export function checkRequest(request: SearchRequest): CheckedRequest {
  checkBy(request.by);
  const limit = request.limit ?? defaultLimit;
  if (!Number.isInteger(limit) || limit < 1 || limit > limits.pageLimit) {
    const message = `limit is ${limit}; it must be from 1 to ${limits.pageLimit}. Use page_token for more`;
    throw new KindredError('LIMIT_OUT_OF_RANGE', 'limit', message);
  }
  checkBreadth('params.ef_search', request.efSearch, 1_000);
  checkBreadth('params.probes', request.probes, 32_768);
  checkRecall(request.recallTarget);
  const asked = askedText(request);
  const terms = [...new Set(analyze(asked.text))];
  return {
    ...request,
    ...asked,
    mode: checkMode(request),
    limit,
    pageToken: request.pageToken ?? '',
    exact: request.exact ?? false,
    fusion: checkFusion(request.fusion ?? { method: 'normalized' }),
    payload: request.payload ?? true,
    vectors: request.vectors ?? false,
    explain: request.explain ?? false,
    terms,
    variants: [],
  };
}

function askedText({
  by,
  textOptions = {},
}: SearchRequest): Pick<CheckedRequest, 'text' | 'loose' | 'conditions' | 'options'> {
  const { withoutTypos = false, highlight = false, withoutSynonyms = false, literal = false } = textOptions;
  const options = { typos: !withoutTypos, highlight, synonyms: !withoutSynonyms, literal };
  if (by.kind !== 'text') return { text: '', loose: '', conditions: noConditions, options };
  if (literal) return { text: by.text, loose: by.text, conditions: noConditions, options };
  const query = parseQueryText(by.text);
  return { text: query.text, loose: query.loose, conditions: conditionsOf(query), options };
}

function checkMode({ by, mode }: SearchRequest): SearchMode {
  if (by.kind === 'text') return mode ?? 'hybrid';
  if (mode === undefined || mode === 'dense') return 'dense';
  throw new KindredError('FIELD_INVALID', 'mode', `mode ${mode} needs a text to search by; use dense or give text`);
}

function checkBreadth(field: string, value: number | undefined, most: number): void {
  if (value === undefined || (Number.isInteger(value) && value >= 1 && value <= most)) return;
  throw new KindredError('FIELD_INVALID', field, `${field} is ${value}; it must be from 1 to ${most}`);
}

function checkRecall(target: number | undefined): void {
  if (target === undefined || (target > 0 && target <= 1)) return;
  const message = `params.recall_target is ${target}; it must be above 0, and at most 1 for an exact search`;
  throw new KindredError('FIELD_INVALID', 'params.recall_target', message);
}

function checkFusion(fusion: Fusion): Fusion {
  if (fusion.method === 'rrf') {
    if (Number.isInteger(fusion.k) && fusion.k >= 1 && fusion.k <= 10_000) return fusion;
    throw new KindredError('FIELD_INVALID', 'fusion.rrf_k', `fusion.rrf_k is ${fusion.k}; it must be from 1 to 10000`);
  }
  const { denseWeight } = fusion;
  if (denseWeight === undefined || (denseWeight >= 0 && denseWeight <= 1)) return fusion;
  const message = `fusion.dense_weight is ${denseWeight}; it must be from 0 to 1`;
  throw new KindredError('FIELD_INVALID', 'fusion.dense_weight', message);
}

function checkBy(by: SearchBy): void {
  if (by.kind === 'text') checkText(by.text, 'text', limits.queryText);
  else if (by.kind === 'vector') checkVector(by.values);
  else if (by.kind === 'items') checkIds(by.itemIds, 'item_ids.ids', true);
  else if (by.kind === 'image') checkImage(by.bytes);
  else if (by.kind === 'user') checkText(by.userId, 'user_id', limits.id);
  else {
    checkIds(by.positive, 'recommend.positive', true);
    checkIds(by.negative, 'recommend.negative', false);
  }
}

function checkImage(bytes: Uint8Array): void {
  if (bytes.length === 0) throw new KindredError('FIELD_MISSING', 'image', 'image is empty; send an encoded picture');
}

function checkText(text: string, field: string, most: number): void {
  if (text.trim() === '') throw new KindredError('FIELD_MISSING', field, `${field} is empty; say what to search for`);
  if (Buffer.byteLength(text) > most) {
    throw new KindredError('FIELD_TOO_LARGE', field, `${field} is longer than ${most} bytes of UTF-8; shorten it`);
  }
  if (text.includes('\u0000')) {
    throw new KindredError('TEXT_HAS_NULL_BYTE', field, `${field} contains a null byte (U+0000); remove it`);
  }
}

function checkIds(ids: readonly string[], field: string, needed: boolean): void {
  if (needed && ids.length === 0) throw new KindredError('FIELD_MISSING', field, `${field} is empty; name an item`);
  if (ids.length > limits.idsPerRequest) {
    const message = `${field} has ${ids.length} ids; at most ${limits.idsPerRequest} are taken`;
    throw new KindredError('FIELD_TOO_LARGE', field, message);
  }
  for (const [at, id] of ids.entries()) checkText(id, `${field}[${at}]`, limits.id);
}

function checkVector(values: readonly number[]): void {
  const field = 'vector.values';
  if (values.length === 0) throw new KindredError('FIELD_MISSING', field, `${field} is empty; give the vector`);
  const at = values.findIndex((value) => !Number.isFinite(value));
  if (at >= 0) {
    const message = `${field}[${at}] is ${values[at]}; every value must be a finite number`;
    throw new KindredError('VECTOR_NOT_FINITE', `${field}[${at}]`, message);
  }
  if (values.every((value) => value === 0)) {
    const message = `${field} is all zeros, which points nowhere; check how it was made`;
    throw new KindredError('VECTOR_ALL_ZERO', field, message);
  }
}

/** The vector at length one. Throws VECTOR_DIMENSION_MISMATCH. */
export function queryVector(values: readonly number[], dimensions: number, model: string): Float32Array {
  if (values.length !== dimensions) {
    const message = `vector.values has ${values.length} dimensions, but ${model} has ${dimensions}; embed with ${model}`;
    throw new KindredError('VECTOR_DIMENSION_MISMATCH', 'vector.values', message);
  }
  // Scaled by the largest first: the square of 1e200 is no finite number.
  let largest = 0;
  for (const value of values) largest = Math.max(largest, Math.abs(value));
  const vector = new Float32Array(dimensions);
  let squares = 0;
  for (let at = 0; at < dimensions; at++) {
    vector[at] = values[at]! / largest;
    squares += vector[at]! ** 2;
  }
  const length = Math.sqrt(squares);
  for (let at = 0; at < dimensions; at++) vector[at]! /= length;
  return vector;
}

/**
 * Depth of the pool of candidates of each leg for a page behind `shown` hits: enough to fuse that page well. Later ones come
 * in few sizes: they stand in the statements, which are kept prepared.
 */
export function poolDepth(limit: number, shown = 0): number {
  const wanted = 2 * (shown + limit);
  return shown === 0 ? Math.max(leastDepth, wanted) : doubled(leastDepth, Math.min(wanted, limits.pageDepth));
}

/** The least of `start`, twice that and so on that is not below `least`. */
const doubled = (start: number, least: number): number => start * 2 ** Math.max(0, Math.ceil(Math.log2(least / start)));

const leastDepth = 100;
