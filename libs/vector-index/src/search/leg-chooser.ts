import { KindredError } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import { analyze } from '../analyze.ts';
import type { CollectionRow } from '../collection.store.ts';
import { hnswFrom } from '../thresholds.ts';
import type { DenseLeg } from './dense-leg.ts';
import { type Layout, type ModelLayout, partitionOf } from './layout.store.ts';
import type { Layouts } from './layouts.ts';
import { type LexicalLeg, mostTerms } from './lexical-leg.ts';
import type { PagePosition } from './page-token.ts';
import { type CheckedRequest, poolDepth, queryVector, wantedModel } from './search-request.ts';
import type { Legs } from './search-statement.ts';

export interface EmbeddedQuery {
  model: { name: string; version: string };
  /** L2-normalised; all zeros for a text without any token. */
  vector: Float32Array;
}

/** Text to vector. Throws when no vector can be had in time. */
export interface QueryEmbedder {
  /** `model` is a model's name; empty for the default one. */
  embed(model: string, text: string, signal?: AbortSignal): Promise<EmbeddedQuery>;
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
  ) {}

  async choose(request: CheckedRequest, collection: CollectionRow, before?: PagePosition): Promise<ChosenLegs> {
    const layout = await this.layouts.of(collection);
    const lexical = request.mode === 'dense' ? none : this.lexical(request, collection, layout);
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

  private lexical({ by }: CheckedRequest, collection: CollectionRow, layout: Layout): Chosen<LexicalLeg> {
    const all = [...new Set(analyze(by.kind === 'text' ? by.text : ''))];
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
    const name = wantedModel(request.by, collection);
    const models = await this.models(name, collection, layout);
    if (request.by.kind === 'text') return this.denseByText(request, name, models, layout);
    const chosen = models[0];
    if (!chosen) {
      return refuseOr(request, name, 'The collection has no vectors yet');
    }
    const leg = this.denseLeg(request, chosen, layout);
    if (request.by.kind !== 'vector') return { leg, notes: [] };
    const vector = queryVector(request.by.values, chosen.model.dimensions, chosen.model.name);
    return { leg: { ...leg, vector: this.database.vector(vector) }, notes: [] };
  }

  private async denseByText(
    request: CheckedRequest,
    name: string,
    models: ModelLayout[],
    layout: Layout,
  ): Promise<Chosen<DenseLeg>> {
    if (!this.embedder || models.length === 0) return refuseOr(request, name, 'The collection has no vectors yet');
    const text = request.by.kind === 'text' ? request.by.text : '';
    const embedded = await this.embedded(this.embedder, name, text, request);
    if ('reason' in embedded) return refuseOr(request, name, embedded.reason);
    const { model, vector } = embedded;
    const chosen = models.find((one) => one.model.name === model.name && one.model.version === model.version);
    if (!chosen) return refuseOr(request, name, `There are no vectors of ${model.name} ${model.version} yet`);
    if (vector.every((value) => value === 0)) return { notes: ['The text has no token that the model knows'] };
    return { leg: { ...this.denseLeg(request, chosen, layout), vector: this.database.vector(vector) }, notes: [] };
  }

  /** Whatever keeps the text from being embedded costs the dense leg, not the answer; a canceled call stays canceled. */
  private async embedded(
    embedder: QueryEmbedder,
    name: string,
    text: string,
    { signal }: CheckedRequest,
  ): Promise<EmbeddedQuery | { reason: string }> {
    try {
      return await embedder.embed(name, text, signal);
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof KindredError) return { reason: `Embedding is unavailable (${error.message})` };
      throw error;
    }
  }

  /** The models of that name, newest first. A model that was just registered may not be in the cached layout. */
  private async models(name: string, collection: CollectionRow, layout: Layout): Promise<ModelLayout[]> {
    const named = (models: ModelLayout[]) => models.filter((one) => name === '' || one.model.name === name);
    const known = named(layout.models);
    return known.length > 0 ? known : named((await this.layouts.reload(collection)).models);
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
function refuseOr({ mode, by }: CheckedRequest, model: string, reason: string): Chosen<DenseLeg> {
  if (mode === 'hybrid') return { notes: [`${reason}: lexical only`] };
  if (by.kind === 'vector' && model !== '') {
    const message = `No model "${model}" is registered; leave vector.model empty, or list the models with ListModels`;
    throw new KindredError('MODEL_NOT_FOUND', 'vector.model', message);
  }
  if (by.kind === 'text') throw unavailable([reason]);
  return { notes: [reason] };
}

function unavailable(notes: string[]): KindredError {
  const message = `${notes.join('; ')}, and the dense leg is needed here: try again, or search with mode lexical`;
  return new KindredError('EMBEDDING_UNAVAILABLE', '', message);
}
