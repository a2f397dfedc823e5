import { type Filter, KindredError } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import type { CollectionRow } from '../collection.store.ts';
import type { ModelTable } from '../models/model.store.ts';
import { FilterDirections } from '../planner/filter-direction.ts';
import type { ItemSample } from '../planner/item-sample.ts';
import { isUnconditional } from '../text/text-conditions.ts';
import type { DenseLeg } from './dense-leg.ts';
import { type DensePlan, planDense, type Without } from './dense-plan.ts';
import { fusionFor } from './dense-weight.ts';
import { isAngular } from './distance.ts';
import { type Layout, type LayoutIndex, type ModelLayout, partitionOf } from './layout.store.ts';
import type { Layouts } from './layouts.ts';
import { type LexicalLeg, mostTerms, scanSettings } from './lexical-leg.ts';
import { type LexicalPlan, planLexical } from './lexical-plan.ts';
import { chooseModel, refusalOf } from './model-choice.ts';
import type { NarrowFilters } from './narrow-filters.ts';
import { expandedLeg, type QueryExpander } from './query-expander.ts';
import { type CheckedRequest, poolDepth, queryVector, type SearchBy } from './search-request.ts';
import type { Legs } from './search-statement.ts';
import type { Ran } from './token-frame.ts';

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

export interface ChosenLegs extends Legs {
  /** Why something runs otherwise than asked. */
  notes: string[];
  /** Local to the statement's transaction. */
  settings: Record<string, string>;
  /** Absent where no vectors are searched. */
  plan?: DensePlan;
  /** Absent where PostgreSQL chooses how the words meet the filter. */
  lexicalPlan?: LexicalPlan;
  /** How long the query's embedding took; 0 where nothing was embedded. */
  embedMs: number;
  /** No item whatever can match, so there is no leg to run. */
  impossible?: boolean;
}

type SegmentListener = (collection: CollectionRow, field: string) => void;

interface Chosen<Leg> {
  leg?: Leg;
  plan?: DensePlan;
  notes: string[];
  embedMs?: number;
}

/** What is known of the query besides its request. */
interface Circumstances {
  /** How the page before was made. */
  before?: Ran;
  /** Hits of the pages before that have to be passed by; 0 if absent. */
  offset?: number;
  /** What was tried already and did not look far enough. */
  without?: Without;
}

/** Decides which legs run and how: what was asked, what is stored, and what is at hand. */
export class LegChooser {
  private readonly directions: FilterDirections;
  private onField: SegmentListener | undefined;

  constructor(
    private readonly database: Database,
    private readonly layouts: Layouts,
    private readonly filters: NarrowFilters,
    private readonly embedder?: QueryEmbedder,
    private readonly expander?: QueryExpander,
  ) {
    this.directions = new FilterDirections(database);
  }

  /** `listener` hears of every search that a graph of the field's values serves, or would; it must neither wait nor throw. */
  onSegmentField(listener: SegmentListener): void {
    this.onField = listener;
  }

  /** For a filter that no item can match: no leg, and the reason as a note. */
  async nothing({ fusion, terms }: CheckedRequest, collection: CollectionRow, reason: string): Promise<ChosenLegs> {
    const { items: collectionItems } = await this.layouts.of(collection);
    const ran = { settings: {}, depth: 0, embedMs: 0, fusion: fusionFor(fusion, { terms }) };
    return { notes: [reason], collectionItems, impossible: true, ...ran };
  }

  async choose(request: CheckedRequest, collection: CollectionRow, now: Circumstances): Promise<ChosenLegs> {
    const { before, offset = 0 } = now;
    const layout = await this.layouts.of(collection);
    const lexical = request.mode === 'dense' ? none : await this.widened(request, collection, layout, before);
    // A later page runs the legs of the first one: others would order the hits anew.
    const skipped = request.mode === 'lexical' || before?.legs.dense === false;
    const depth = lexical.leg ? poolDepth(request.limit, offset) : offset + request.limit + 1;
    const dense = skipped ? none : await this.dense(request, collection, layout, { ...now, depth });
    if (before?.legs.dense && !dense.leg) throw unavailable(dense.notes);
    const densePlan = dense.leg && dense.plan;
    const sample = lexical.leg && request.filter && (await this.filters.sampleOf(collection, layout.items));
    const asked = { request, collection, items: layout.items, depth, dense: densePlan, without: now.without?.found };
    const lexicalPlan = sample && planLexical({ ...asked, leg: lexical.leg!, sample });
    return {
      lexical: lexical.leg && { ...lexical.leg, walks: lexicalPlan?.walks },
      lexicalPlan,
      dense: dense.leg,
      plan: dense.plan,
      found: densePlan?.found ?? lexicalPlan?.found,
      depth,
      notes: [...lexical.notes, ...dense.notes],
      collectionItems: layout.items,
      fusion: fusionFor(request.fusion, {
        terms: request.terms,
        provider: dense.leg?.model.identity.provider,
        most: collection.search.denseWeight,
      }),
      settings: {
        ...lexicalSettings(request, lexical.leg, depth),
        ...lexicalPlan?.settings,
        ...(dense.plan?.method === 'vector_exact' ? hashing : {}),
        ...dense.plan?.settings,
      },
      embedMs: dense.embedMs ?? 0,
    };
  }

  private async widened(
    request: CheckedRequest,
    collection: CollectionRow,
    layout: Layout,
    before?: Ran,
  ): Promise<Chosen<LexicalLeg>> {
    const { leg: asked, notes } = this.lexical(request, collection, layout);
    if (!asked) return { notes };
    const variants = request.variants.map((terms) => terms.slice(0, mostTerms));
    const leg = variants.length > 0 ? { ...asked, variants } : asked;
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

  private async dense(
    request: CheckedRequest,
    collection: CollectionRow,
    layout: Layout,
    now: Circumstances & { depth: number },
  ): Promise<Chosen<DenseLeg>> {
    const chosen = await this.model(request, collection, layout);
    if (!chosen) return this.withoutModel(request, collection, layout);
    const plan = await this.plan(request, collection, layout, chosen, now);
    if (plan.segmentField !== undefined) this.onField?.(collection, plan.segmentField);
    const { model, index } = chosen;
    const leg: DenseLeg = {
      method: plan.method,
      distance: plan.distance,
      model,
      partition: index?.partition,
      index,
      segment: plan.segment,
      recent: plan.recent,
      oversample: plan.oversample,
      toward: plan.toward && this.database.vector(plan.toward),
    };
    const { by } = request;
    if (by.kind === 'text' || by.kind === 'image') {
      const start = performance.now();
      const embedded = await this.embeddedLeg(request, by, leg);
      return { ...embedded, plan, embedMs: performance.now() - start };
    }
    if (by.kind !== 'vector') return { leg, plan, notes: [] };
    const vector = queryVector(by.values, model.dimensions, model.name);
    return { leg: { ...leg, vector: this.database.vector(vector) }, plan, notes: [] };
  }

  private async plan(
    request: CheckedRequest,
    collection: CollectionRow,
    { items }: Layout,
    layout: ModelLayout,
    { depth, without = {} }: Circumstances & { depth: number },
  ): Promise<DensePlan> {
    const mayIndex = this.database.driver === 'postgres';
    const sample = request.filter && (await this.filters.sampleOf(collection, items));
    const toward = sample && layout.index && (await this.toward(collection, layout.index, request.filter!, sample));
    return planDense({ request, collection, layout, items, depth, sample, toward, mayIndex, without });
  }

  /** Narrow filters find their items first; and only angles between vectors know sums of them. */
  private async toward(collection: CollectionRow, index: LayoutIndex, filter: Filter, sample: ItemSample) {
    const of = index.method === 'hnsw' && isAngular(index.spec.distance) && sample.shareOf(filter) >= leastMoved;
    return of ? this.directions.of(collection, index.partition, filter, sample) : undefined;
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
    const { model, vector, others = [] } = embedded;
    const { identity } = leg.model;
    if (identity.name !== model.name || identity.version !== model.version || vector.length !== identity.dimensions) {
      const made = `The query was embedded by ${model.name} ${model.version}`;
      return refuseOr(request, `${made}, the collection by ${identity.name} ${identity.version}`);
    }
    if (vector.every((value) => value === 0)) return { notes: ['The text has no token that the model knows'] };
    const [first, ...rest] = [vector, ...others].map((each) => this.database.vector(each));
    return { leg: { ...leg, vector: first, others: rest }, notes: [] };
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
}

/** Share of the items from which on an index may be the way. */
const leastMoved = 0.01;

const none: { leg?: never; plan?: never; notes: string[]; embedMs?: number } = { notes: [] };

/** For hashes of item ids, which must never become loops. */
export const hashing = { work_mem: '64MB' };

function lexicalSettings(request: CheckedRequest, leg: LexicalLeg | undefined, depth: number): Record<string, string> {
  if (!leg) return {};
  const unfiltered = !request.filter && isUnconditional(request.conditions);
  return { ...hashing, ...(unfiltered ? scanSettings(leg, depth) : {}) };
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
