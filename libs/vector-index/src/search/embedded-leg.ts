import { KindredError } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import type { ModelTable } from '../models/model.store.ts';
import type { DenseLeg } from './dense-leg.ts';
import type { CheckedRequest, SearchBy } from './search-request.ts';

export interface EmbeddedQuery {
  model: { name: string; version: string };
  /** L2-normalised; all zeros for a text without any token. */
  vector: Float32Array;
  /** Of queries that stand for the same, like a picture's mirror image: an item's best score counts. */
  others?: readonly Float32Array[];
}

/** What of a query has to be embedded. */
export type QueryInput = Extract<SearchBy, { kind: 'text' | 'image' }>;

/** Query to vector. Throws when no vector can be had in time. */
export interface QueryEmbedder {
  /** The vector must be of this very model. */
  embed(tenant: string, model: ModelTable, input: QueryInput, signal?: AbortSignal): Promise<EmbeddedQuery>;
}

/** A leg, or the reasons why there is none. */
export interface ChosenLeg<Leg> {
  leg?: Leg;
  notes: string[];
}

/** The leg with its query embedded. */
export async function embeddedLeg(
  database: Database,
  embedder: QueryEmbedder | undefined,
  request: CheckedRequest,
  by: QueryInput,
  leg: DenseLeg,
): Promise<ChosenLeg<DenseLeg>> {
  if (!embedder) return refuseOr(request, 'Nothing here can embed a query');
  const embedded = await embeddedOr(embedder, leg.model, by, request);
  if ('reason' in embedded) return refuseOr(request, embedded.reason);
  const { model, vector, others = [] } = embedded;
  const { identity } = leg.model;
  if (identity.name !== model.name || identity.version !== model.version || vector.length !== identity.dimensions) {
    const made = `The query was embedded by ${model.name} ${model.version}`;
    return refuseOr(request, `${made}, the collection by ${identity.name} ${identity.version}`);
  }
  if (vector.every((value) => value === 0)) return { notes: ['The text has no token that the model knows'] };
  const [first, ...rest] = [vector, ...others].map((each) => database.vector(each));
  return { leg: { ...leg, vector: first, others: rest }, notes: [] };
}

/** Whatever keeps the query from being embedded costs the dense leg, not the answer; a canceled call stays canceled. */
async function embeddedOr(
  embedder: QueryEmbedder,
  model: ModelTable,
  by: QueryInput,
  { tenant, signal }: CheckedRequest,
): Promise<EmbeddedQuery | { reason: string }> {
  try {
    return await embedder.embed(tenant, model, by, signal);
  } catch (error) {
    signal?.throwIfAborted();
    if (!(error instanceof KindredError)) throw error;
    // The caller's own fault, as opposed to the model's.
    if (error.status === 'INVALID_ARGUMENT') throw error;
    return { reason: `Embedding is unavailable (${error.message})` };
  }
}

/** Hybrid goes on without the dense leg and says so; a purely dense search cannot. */
export function refuseOr({ mode, by }: CheckedRequest, reason: string): ChosenLeg<DenseLeg> {
  if (mode === 'hybrid') return { notes: [`${reason}: lexical only`] };
  if (by.kind === 'text' || by.kind === 'image') throw unavailable([reason]);
  return { notes: [reason] };
}

export function unavailable(notes: string[]): KindredError {
  const message = `${notes.join('; ')}, and the dense leg is needed here: try again, or search with mode lexical`;
  return new KindredError('EMBEDDING_UNAVAILABLE', '', message);
}
