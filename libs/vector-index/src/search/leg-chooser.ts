import { KindredError } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import type { CollectionRow } from '../collection.store.ts';
import type { ModelTable } from '../models/model.store.ts';
import { hnswFrom } from '../thresholds.ts';
import type { DenseLeg } from './dense-leg.ts';
import { type Layout, type ModelLayout, partitionOf } from './layout.store.ts';
import type { Layouts } from './layouts.ts';
import { type LexicalLeg, mostTerms } from './lexical-leg.ts';
import { chooseModel, refusalOf } from './model-choice.ts';
import type { PagePosition } from './page-token.ts';
import { expandedLeg, type QueryExpander } from './query-expander.ts';
import { type CheckedRequest, poolDepth, queryVector, type SearchBy } from './search-request.ts';
import type { Legs } from './search-statement.ts';

export interface EmbeddedQuery {
  model: { name: string; version: string };
  /** L2-normalised; all zeros for a text without any token. */
  vector: Float32Array;
  /** Of a second query that stands for the same, like a picture's mirror image: an item's better score counts. */
  second?: Float32Array;
}

/** What of a query has to be embedded. */
export type QueryInput = Extract<SearchBy, { kind: 'text' | 'image' }>;

/** Query to vector. Throws when no vector can be had in time. */
export interface QueryEmbedder {
  /** The vector must be of this very model. */
  embed(tenant: string, model: ModelTable, input: QueryInput, signal?: AbortSignal): Promise<EmbeddedQuery>;
}

export interface ChosenLegs extends Legs {
  /** Why something runs otherwise than asked. */
  notes: string[];
  /** Local to the statement's transaction. */
  settings: Record<string, string>;
}

interface Chosen<Leg> {
  leg?: Leg;
  notes: string[];
}

/** Decides which legs run and how: what was asked, what is stored, and what is at hand. */
export class LegChooser {
  constructor(
    private readonly database: Database,
    private readonly layouts: Layouts,
    private readonly embedder?: QueryEmbedder,
    private readonly expander?: QueryExpander,
  ) {}

  async choose(request: CheckedRequest, collection: CollectionRow, before?: PagePosition): Promise<ChosenLegs> {
    const layout = await this.layouts.of(collection);
    const lexical = request.mode === 'dense' ? none : await this.widened(request, collection, layout, before);
    // A later page runs the legs of the first one: others would order the hits anew.
    const skipped = request.mode === 'lexical' || before?.legs.dense === false;
    const dense = skipped ? none : await this.dense(request, collection, layout);
    if (before?.legs.dense && !dense.leg) throw unavailable(dense.notes);
    const notes = [...lexical.notes, ...dense.notes];
    return {
      lexical: lexical.leg,
      dense: dense.leg,
      notes,
      collectionItems: layout.items,
      settings: settingsOf(request, dense.leg, layout),
    };
  }

  private async widened(
    request: CheckedRequest,
    collection: CollectionRow,
    layout: Layout,
    before?: PagePosition,
  ): Promise<Chosen<LexicalLeg>> {
    const { leg, notes } = this.lexical(request, collection, layout);
    if (!leg) return { notes };
    const widened = await expandedLeg(leg, request, collection, this.expander, before);
    return { leg: widened.leg, notes: [...notes, ...widened.notes] };
  }

  private lexical({ terms: all }: CheckedRequest, collection: CollectionRow, layout: Layout): Chosen<LexicalLeg> {
    if (all.length === 0)
      return { notes: ['The text has no letters or digits: the lexical leg has nothing to look for'] };
    const terms = all.slice(0, mostTerms);
    const notes =
      all.length > mostTerms ? [`Of ${all.length} terms the lexical leg looks for the first ${mostTerms}`] : [];
    if (!layout.lexicalIndex) return { leg: { method: 'bm25_exact', terms, byTermIndex: layout.hasTermIndex }, notes };
    const partition = partitionOf('documents', collection.collectionId);
    return { leg: { method: 'bm25_index', terms, partition, index: layout.lexicalIndex }, notes };
  }

  private async dense(request: CheckedRequest, collection: CollectionRow, layout: Layout): Promise<Chosen<DenseLeg>> {
    const chosen = await this.model(request, collection, layout);
    if (!chosen) return this.withoutModel(request, collection, layout);
    const leg = this.denseLeg(request, chosen, layout);
    const { by } = request;
    if (by.kind === 'text' || by.kind === 'image') return this.embeddedLeg(request, by, leg);
    if (by.kind !== 'vector') return { leg, notes: [] };
    const vector = queryVector(by.values, chosen.model.dimensions, chosen.model.name);
    return { leg: { ...leg, vector: this.database.vector(vector) }, notes: [] };
  }

  private withoutModel(request: CheckedRequest, collection: CollectionRow, layout: Layout): Chosen<DenseLeg> {
    const refusal = refusalOf(request, collection, layout);
    if (refusal) throw refusal;
    return refuseOr(request, 'The collection has no vectors yet');
  }

  private async embeddedLeg(request: CheckedRequest, by: QueryInput, leg: DenseLeg): Promise<Chosen<DenseLeg>> {
    if (!this.embedder) return refuseOr(request, 'Nothing here can embed a query');
    const embedded = await this.embedded(this.embedder, leg.model, by, request);
    if ('reason' in embedded) return refuseOr(request, embedded.reason);
    const { model, vector, second } = embedded;
    const { identity } = leg.model;
    if (identity.name !== model.name || identity.version !== model.version || vector.length !== identity.dimensions) {
      const made = `The query was embedded by ${model.name} ${model.version}`;
      return refuseOr(request, `${made}, the collection by ${identity.name} ${identity.version}`);
    }
    if (vector.every((value) => value === 0)) return { notes: ['The text has no token that the model knows'] };
    const other = second && { second: this.database.vector(second) };
    return { leg: { ...leg, vector: this.database.vector(vector), ...other }, notes: [] };
  }

  /** Whatever keeps the query from being embedded costs the dense leg, not the answer; a canceled call stays canceled. */
  private async embedded(
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

  /** A model that came into use just now may not be in the cached layout. */
  private async model(
    request: CheckedRequest,
    collection: CollectionRow,
    layout: Layout,
  ): Promise<ModelLayout | undefined> {
    return chooseModel(request, layout) ?? chooseModel(request, await this.layouts.reload(collection));
  }

  private denseLeg(request: CheckedRequest, { model, index }: ModelLayout, layout: Layout): DenseLeg {
    const small = layout.items < BigInt(hnswFrom) && request.efSearch === undefined;
    const exact = request.exact || small || !index || this.database.driver === 'pglite';
    return exact
      ? { method: 'vector_exact', model }
      : { method: `vector_${index.method}`, model, partition: index.partition };
  }
}

const none: { leg?: never; notes: string[] } = { notes: [] };

/** Breadth that fills the first pool in one go; iterative scans find what is missing behind a filter. */
const efSearchOf = (request: CheckedRequest) => request.efSearch ?? Math.min(1_000, poolDepth(request.limit));

// A row through the index costs five rows of a scan: behind a narrow filter the index gives up after a tenth of them.
// Compiling a plan costs more than running it. The memory is for hashes of item ids, which must never become loops.
function settingsOf(request: CheckedRequest, dense: DenseLeg | undefined, layout: Layout): Record<string, string> {
  const always = { jit: 'off', work_mem: '64MB' };
  if (dense?.method === 'vector_ivfflat') return { ...always, 'ivfflat.iterative_scan': 'relaxed_order' };
  if (dense?.method !== 'vector_hnsw') return always;
  return {
    ...always,
    'hnsw.iterative_scan': 'relaxed_order',
    'hnsw.ef_search': String(efSearchOf(request)),
    'hnsw.max_scan_tuples': String(Math.min(20_000, Math.max(2_000, Math.floor(Number(layout.items) / 10)))),
  };
}

/** Hybrid goes on without the dense leg and says so; a purely dense search cannot. */
function refuseOr({ mode, by }: CheckedRequest, reason: string): Chosen<DenseLeg> {
  if (mode === 'hybrid') return { notes: [`${reason}: lexical only`] };
  if (by.kind === 'text' || by.kind === 'image') throw unavailable([reason]);
  return { notes: [reason] };
}

function unavailable(notes: string[]): KindredError {
  const message = `${notes.join('; ')}, and the dense leg is needed here: try again, or search with mode lexical`;
  return new KindredError('EMBEDDING_UNAVAILABLE', '', message);
}
