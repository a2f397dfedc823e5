import {
  type AbsenceReason,
  type FacetCounts,
  type FacetField,
  type Hit,
  type QueryResponse,
} from '@kindred/contracts';
import type { Draft } from './draft.ts';
import { type Bounds, plainBounds } from './filter.ts';
import { type FilterInput, filterOf } from './filter-input.ts';
import { inChunks } from './in-chunks.ts';
import type { QueryInput, WithInput } from './inputs.ts';
import type { KindredClient } from './kindred-client.ts';
import { type AbsenceCauseName, absenceCauses } from './names.ts';
import { refusal } from './refusal.ts';
import { queryOf } from './requests.ts';
import type { CallOptions } from './transport.ts';

/** What to count by: the field's name, or with how many values, or ranges of numbers and times. */
export type FacetFieldInput = string | { field: string; limit?: number; ranges?: Bounds[] };

export interface FacetInput {
  collection: string;
  filter?: FilterInput;
  /** 1-20. */
  fields: FacetFieldInput[];
}

/** Counts by field name. */
export interface Facets {
  /** Items that match the filter. */
  total: bigint;
  byField: Record<string, FacetCounts>;
  tookMs: number;
}

export interface ScrollInput {
  collection: string;
  filter?: FilterInput;
  /** Items fetched at once, 1-1,000; default 100. */
  pageSize?: number;
  /** A number or time field; default: item_id. Items without a value come last. */
  orderBy?: string;
  descending?: boolean;
  with?: WithInput;
}

/** The answer of one query of a batch, or why it failed. */
export type BatchOutcome =
  | { ok: true; response: QueryResponse }
  | { ok: false; error: { code: string; field: string; message: string } };

export interface Absence {
  /** Place among the hits, from 1, where it is there after all. */
  position: number | undefined;
  /** `field` is the path of the filter's condition, where one is to blame. */
  reasons: { cause: AbsenceCauseName | 'unspecified'; field: string; message: string }[];
}

/** Batches take so many queries; more go in several calls. */
const mostQueries = 100;

export async function facet(rpc: KindredClient, input: FacetInput, options?: CallOptions): Promise<Facets> {
  const { collection, filter, fields } = input;
  const request = { collection, filter: filterOf(filter), fields: fields.map(facetFieldOf) };
  const { total, facets, tookMs } = await rpc.search.facet(request, options);
  return { total, byField: Object.fromEntries(facets.map((one) => [one.field, one])), tookMs };
}

/** As on the wire. */
export function facetFieldOf(input: FacetFieldInput): Draft<FacetField> {
  if (typeof input === 'string') return { field: input };
  const { field, limit, ranges = [] } = input;
  return { field, limit, ranges: ranges.map(plainBounds) };
}

/** Every item that matches, page by page as they are read. */
export async function* scroll(rpc: KindredClient, input: ScrollInput, options?: CallOptions): AsyncGenerator<Hit> {
  const { collection, filter, pageSize, orderBy, descending, with: carried } = input;
  if (orderBy !== undefined && typeof orderBy !== 'string') {
    const problem = 'must be the name of a number or time field, like "price"; give the direction as descending: true';
    throw refusal('FIELD_INVALID', 'orderBy', problem);
  }
  const request = { collection, filter: filterOf(filter), limit: pageSize, orderBy, descending, with: carried };
  for (let pageToken = ''; ; ) {
    const page = await rpc.search.scroll({ ...request, pageToken }, options);
    yield* page.items;
    if (page.nextPageToken === '') return;
    pageToken = page.nextPageToken;
  }
}

export function queryBatch(rpc: KindredClient, inputs: QueryInput[], options?: CallOptions): Promise<BatchOutcome[]> {
  return inChunks(inputs.map(queryOf), mostQueries, async (queries) => {
    const { results } = await rpc.search.queryBatch({ queries }, options);
    return results.map(({ result }): BatchOutcome => {
      if (result?.$case === 'response') return { ok: true, response: result.value };
      if (result?.$case === 'error') return { ok: false, error: result.value };
      throw new Error('the server left out a result of the batch; is it as new as this client?');
    });
  });
}

export async function explainAbsence(
  rpc: KindredClient,
  { itemId, ...query }: QueryInput & { itemId: string | number },
  options?: CallOptions,
): Promise<Absence> {
  const request = { query: queryOf(query), itemId: String(itemId) };
  const { position, reasons } = await rpc.search.explainAbsence(request, options);
  return { position: position === undefined ? undefined : Number(position), reasons: reasons.map(reasonOf) };
}

const reasonOf = ({ cause, field, message }: AbsenceReason) => ({ cause: absenceCauses.name(cause), field, message });
