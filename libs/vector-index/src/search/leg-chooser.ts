import type { Filter } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import type { CollectionRow } from '../collection.store.ts';
import { FilterDirections } from '../planner/filter-direction.ts';
import type { ItemSample } from '../planner/item-sample.ts';
import { isUnconditional } from '../text/text-conditions.ts';
import type { DenseLeg } from './dense-leg.ts';
import { type DensePlan, planDense, type Without } from './dense-plan.ts';
import { fusionFor } from './dense-weight.ts';
import { isAngular } from './distance.ts';
import { type ChosenLeg, embeddedLeg, type QueryEmbedder, refuseOr, unavailable } from './embedded-leg.ts';
import { type Layout, type LayoutIndex, type ModelLayout, partitionOf } from './layout.store.ts';
import type { Layouts } from './layouts.ts';
import { type LexicalLeg, mostTerms, scanSettings } from './lexical-leg.ts';
import { type LexicalPlan, planLexical } from './lexical-plan.ts';
import { chooseModel, refusalOf } from './model-choice.ts';
import type { NarrowFilters } from './narrow-filters.ts';
import { expandedLeg, type QueryExpander } from './query-expander.ts';
import { type CheckedRequest, poolDepth, queryVector } from './search-request.ts';
import type { Legs } from './search-statement.ts';
import type { Ran } from './token-frame.ts';

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

interface Chosen<Leg> extends ChosenLeg<Leg> {
  plan?: DensePlan;
  embedMs?: number;
}

type SegmentListener = (collection: CollectionRow, field: string) => void;

/** What decides how legs meet their rows. */
interface Met {
  depth: number;
  /** Where there is a filter whose share is worth knowing. */
  sample?: ItemSample;
  /** What was tried already and did not look far enough. */
  without?: Without;
}

interface Together extends Met {
  lexical: Chosen<LexicalLeg>;
  dense: Chosen<DenseLeg>;
}

export type Narrower = (request: CheckedRequest, before: ChosenLegs) => ChosenLegs;

/** What is known of the query besides its request. */
interface Circumstances extends Pick<Met, 'without'> {
  /** How the page before was made. */
  before?: Ran;
  /** Hits of the pages before that have to be passed by; 0 if absent. */
  offset?: number;
}

/** Decides which legs run and how: what was asked, what is stored, and what is at hand. */
export class LegChooser {
  private readonly directions: FilterDirections;
  private readonly mayIndex: boolean;
  private onField: SegmentListener | undefined;

  constructor(
    private readonly database: Database,
    private readonly layouts: Layouts,
    private readonly filters: NarrowFilters,
    private readonly embedder?: QueryEmbedder,
    private readonly expander?: QueryExpander,
  ) {
    this.directions = new FilterDirections(database);
    this.mayIndex = database.driver === 'postgres';
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
    const sample = request.filter && (await this.filters.sampleOf(collection, layout.items));
    const dense = skipped ? none : await this.dense(request, collection, layout, { ...now, depth, sample });
    if (before?.legs.dense && !dense.leg) throw unavailable(dense.notes);
    return together(request, collection, layout, { lexical, dense, depth, sample, without: now.without });
  }

  /** Plans searches of the collection anew, behind narrower filters, where the database must not be asked: within a snapshot. */
  async narrower(collection: CollectionRow): Promise<Narrower> {
    const layout = await this.layouts.of(collection);
    const sample = await this.filters.sampleOf(collection, layout.items);
    return (request, before) => {
      const { lexical, dense: leg, depth } = before;
      const model = leg && layout.models.find((one) => one.model.table === leg.model.table);
      if (leg && !model) return before;
      const { items } = layout;
      const known = { request, collection, items, depth, sample, mayIndex: this.mayIndex, without: {} };
      const plan = model && planDense({ ...known, layout: model });
      const dense = plan ? { leg: { ...leg!, ...metBy(plan, model, this.database) }, plan, notes: [] } : none;
      return together(request, collection, layout, { lexical: { leg: lexical, notes: [] }, dense, depth, sample });
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
    now: Met,
  ): Promise<Chosen<DenseLeg>> {
    const chosen = await this.model(request, collection, layout);
    if (!chosen) return this.withoutModel(request, collection, layout);
    const plan = await this.plan(request, collection, layout, chosen, now);
    if (plan.segmentField !== undefined) this.onField?.(collection, plan.segmentField);
    const { model } = chosen;
    const leg: DenseLeg = { model, ...metBy(plan, chosen, this.database) };
    const { by } = request;
    if (by.kind === 'text' || by.kind === 'image') {
      const start = performance.now();
      const embedded = await embeddedLeg(this.database, this.embedder, request, by, leg);
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
    { depth, sample, without = {} }: Met,
  ): Promise<DensePlan> {
    const { mayIndex } = this;
    const moves = mayIndex && sample !== undefined && layout.index !== undefined;
    const toward = moves ? await this.toward(collection, layout.index!, request.filter!, sample!) : undefined;
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

  /** A model that came into use just now may not be in the cached layout. */
  private async model(
    request: CheckedRequest,
    collection: CollectionRow,
    layout: Layout,
  ): Promise<ModelLayout | undefined> {
    return chooseModel(request, layout) ?? chooseModel(request, await this.layouts.reload(collection));
  }
}

/** How a leg meets its vectors. */
const metBy = (
  plan: DensePlan,
  { index }: ModelLayout,
  database: Database,
): Omit<DenseLeg, 'model' | 'vector' | 'others'> => ({
  method: plan.method,
  distance: plan.distance,
  partition: index?.partition,
  index,
  segment: plan.segment,
  recent: plan.recent,
  oversample: plan.oversample,
  toward: plan.toward && database.vector(plan.toward),
});

function together(
  request: CheckedRequest,
  collection: CollectionRow,
  { items }: Layout,
  { lexical, dense, depth, sample, without }: Together,
): ChosenLegs {
  const densePlan = dense.leg && dense.plan;
  const asked = { request, collection, items, depth, dense: densePlan, without: without?.found };
  const lexicalPlan = lexical.leg && sample && planLexical({ ...asked, leg: lexical.leg, sample });
  return {
    lexical: lexical.leg && { ...lexical.leg, walks: lexicalPlan?.walks },
    lexicalPlan,
    dense: dense.leg,
    plan: dense.plan,
    found: densePlan?.found ?? lexicalPlan?.found,
    depth,
    notes: [...lexical.notes, ...dense.notes],
    collectionItems: items,
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
