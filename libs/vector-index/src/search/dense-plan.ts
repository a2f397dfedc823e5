import type { CollectionRow } from '../collection.store.ts';
import { breadthFor, mostEfSearch, type RecallCurve, recallWith } from '../indexes/recall-curve.ts';
import { type BuiltSegment, paysAsSegment } from '../indexes/segments.ts';
import { oversampleFor, probesFor } from '../planner/breadth.ts';
import {
  byIndex,
  type DenseChoice,
  denseChoices,
  efSearchFor,
  filteredEfSearch,
  leastBreadth,
  recallOf,
  segmentMs,
} from '../planner/dense-planner.ts';
import {
  demandedSegment,
  demandsOrdered,
  type FilterFacts,
  filterFacts,
  segmentableField,
} from '../planner/filter-facts.ts';
import type { ItemSample } from '../planner/item-sample.ts';
import { hnswFrom } from '../thresholds.ts';
import { type Found, mostFound } from './candidates.ts';
import type { DenseLeg } from './dense-leg.ts';
import { type Distance, isAngular, serves } from './distance.ts';
import { indexMethodOf, type ModelLayout } from './layout.store.ts';
import { besideRecent, type RecentSearch, searchRecent } from './recent-part.ts';
import type { CheckedRequest } from './search-request.ts';

/** How the dense leg runs, and why. */
export interface DensePlan {
  method: DenseLeg['method'];
  distance: Distance;
  /** The filtered items come first, by an index over them. */
  found?: Found;
  /** Rows that an index of signs gives for each wanted one. */
  oversample?: number;
  /** What the index leaves out, and how it is searched. */
  recent?: RecentSearch;
  /** Local to the statement's transaction. */
  settings: Record<string, string>;
  /** All ways that were weighed, the chosen one first. */
  choices: DenseChoice[];
  /** The kind of index that there is. */
  index?: string;
  /** The index that did not look far enough. */
  fellBackFrom?: string;
  /** The index is that of a segment, which all that pass are in. */
  segment?: BuiltSegment;
  /** Of a collection that declares no segments: the field whose segments serve this filter, or would. */
  segmentField?: string;
  /** What the query is moved by for the index. */
  toward?: Float32Array;
  /** Of an HNSW index: what its breadth comes from. */
  breadthFrom?: 'named' | 'live_queries' | 'index' | 'default';
  /** Expected share of the true first rows that the leg finds; absent where nothing is known of it. */
  recall?: number;
  /** Estimated share of the items that pass the filter; absent without one. */
  share?: number;
}

export interface Planned {
  request: CheckedRequest;
  collection: CollectionRow;
  layout: ModelLayout;
  items: bigint;
  /** Rows that the leg shall give. */
  depth: number;
  /** Where a filter's share is worth knowing. */
  sample?: ItemSample;
  /** Where those that pass the filter lie, if not all over. */
  toward?: Float32Array;
  /** PGlite scans faster than it builds. */
  mayIndex: boolean;
  without: Without;
}

/** Ways that did not look far enough. */
export interface Without {
  /** The index over the items gave more than was expected. */
  found?: boolean;
  /** The index over the vectors ended before there were enough. */
  index?: boolean;
}

/** Recall@10 of a search that names neither a target nor a breadth. */
const defaultTarget = 0.97;
/** Beyond, a lookup for each costs more than a scan of all. */
const lookedUpAtMost = 0.1;

export function planDense(planned: Planned): DensePlan {
  const { request, collection, sample, depth } = planned;
  const distance = distanceOf(request, collection);
  const share = request.filter && sample ? sample.shareOf(request.filter) : undefined;
  const facts = sample && !planned.without.found ? filterFacts(request.filter, collection, sample) : undefined;
  const segment = share === undefined ? undefined : segmentOf(planned, share);
  const { recentRows } = planned.layout.index ?? {};
  const recent = recentRows === undefined ? undefined : searchRecent(recentRows, Math.ceil(depth / (share ?? 1)));
  const choices = denseChoices({
    items: Number(planned.items),
    share: share ?? 1,
    depth,
    indexed: usesIndex(planned, distance),
    segment,
    recent,
    filtered: share !== undefined,
    findable: facts !== undefined || (share !== undefined && demandsOrdered(request.filter!)),
  });
  const chosen = (namesBreadth(request) && choices.find(byIndex)) || choices[0]!;
  const { index } = planned.layout;
  const common = {
    distance,
    share,
    index: index && indexMethodOf(index),
    segmentField: share === undefined ? undefined : segmentFieldOf(planned, share, choices),
    choices: [chosen, ...choices.filter((choice) => choice !== chosen)],
  };
  if (chosen.method === 'segment') {
    return { ...common, ...segmentPlan(planned, choices, segment!, recent), recent };
  }
  if (chosen.method === 'index') {
    return { ...common, ...indexPlan(planned, choices, share ?? 1, recent), recent };
  }
  const found = share === undefined || planned.without.found ? undefined : foundOf(planned, chosen, facts, share);
  const fellBackFrom = planned.without.index && index ? indexMethodOf(index) : undefined;
  return { ...common, method: 'vector_exact', found, settings: {}, recall: 1, fellBackFrom };
}

const distanceOf = (request: CheckedRequest, collection: CollectionRow): Distance =>
  request.distance ?? collection.index.distance ?? 'cosine';

interface PassingSegment {
  of: BuiltSegment;
  rows: number;
  /** Of what is in it, the share that passes: what else the filter asks may go together with it. */
  share: number;
}

function segmentOf({ request, collection, layout, sample }: Planned, share: number): PassingSegment | undefined {
  const demanded = demandedSegment(request.filter, collection, layout.index?.segments ?? []);
  if (!demanded) return undefined;
  const { segment, condition } = demanded;
  return { of: segment, rows: segment.rows, share: Math.min(1, share / sample!.shareOfField(condition)) };
}

/** By so much less a graph of its own has to cost before it is worth being built. */
const worthwhile = 0.75;

function segmentFieldOf(planned: Planned, share: number, choices: readonly DenseChoice[]): string | undefined {
  const { request, collection, items, sample, depth, layout } = planned;
  const able = layout.index?.spec.method === 'hnsw' && choices.some(byIndex) && !collection.index.segments;
  const asked = able ? segmentableField(request.filter!, collection, sample!) : undefined;
  if (!asked || choices[0]!.method === 'segment') return asked?.field;
  const rows = Math.round(asked.share * Number(items));
  const wouldTake = segmentMs({ rows, share: Math.min(1, share / asked.share) }, depth);
  const pays = paysAsSegment(rows, Number(items)) && wouldTake <= worthwhile * choices[0]!.estimatedMs;
  return pays ? asked.field : undefined;
}

function usesIndex({ request, layout, items, mayIndex, without }: Planned, distance: Distance): boolean {
  if (!layout.index || !mayIndex || without.index || request.exact || request.recallTarget === 1) return false;
  if (!serves(layout.index.spec.distance, distance)) return false;
  return items >= BigInt(hnswFrom) || namesBreadth(request);
}

/** Who names a breadth asks for the index. */
const namesBreadth = ({ efSearch, probes }: CheckedRequest) => efSearch !== undefined || probes !== undefined;

function foundOf(planned: Planned, { method }: DenseChoice, facts: FilterFacts | undefined, share: number) {
  const items = Number(planned.items);
  const passing = share * items;
  if (method === 'exact_filtered' && passing > lookedUpAtMost * items) return undefined;
  return {
    facts: method === 'exact_found' ? facts : undefined,
    most: mostFound(passing),
  };
}

type IndexPlan = Pick<DensePlan, 'method' | 'oversample' | 'settings' | 'recall' | 'toward' | 'breadthFrom'>;

function indexPlan(
  planned: Planned,
  choices: DenseChoice[],
  share: number,
  recent: RecentSearch | undefined,
): IndexPlan {
  const { request, collection, layout, depth, toward } = planned;
  const { spec } = layout.index!;
  const method = indexMethodOf(layout.index!);
  const target = request.recallTarget ?? defaultTarget;
  if (spec.method === 'ivfflat') {
    const named = request.probes ?? (request.recallTarget === undefined ? collection.index.probes : undefined);
    const probes = Math.min(spec.lists, named ?? probesFor(target, spec.lists));
    const oversample = spec.element === 'bit' ? oversampleFor(target) : undefined;
    return { method, oversample, settings: { 'ivfflat.probes': String(probes) } };
  }
  const asked = request.efSearch ?? (request.recallTarget === undefined ? collection.index.efSearch : undefined);
  const oversample = spec.element === 'bit' ? oversampleOf(planned, target, share, asked) : undefined;
  const rows = Math.ceil((depth / share) * (oversample ?? 1));
  const whole = oversample === undefined ? breadthOf(planned, target, rows) : Math.min(mostEfSearch, rows);
  const alone = share < 1 ? filteredEfSearch(target, rows, toward !== undefined) : whole;
  const efSearch = asked ?? besideRecent(alone, recent, Number(planned.items));
  const settings = { 'hnsw.ef_search': String(efSearch), ...visitSettings(planned, choices, rows) };
  const recall = expected(planned, oversample === undefined ? (asked ?? alone) : rows);
  const from = asked === undefined ? breadthFrom(planned, share) : 'named';
  return { method, oversample, settings, recall, toward, breadthFrom: from };
}

/** How far the scan goes on; pgvector counts each vector that it visits. Behind a filter for as long as looking at everything takes. */
function visitSettings({ sample }: Planned, choices: DenseChoice[], rows: number): Record<string, string> {
  const other = choices[1]?.estimatedMs ?? 0;
  const most = sample ? Math.max(leastVisited, 3 * rows, Math.round(other / visitedMs)) : visitedEach * rows;
  if (!sample && most <= usuallyVisited) return {};
  return { ...(sample && unsorted), 'hnsw.max_scan_tuples': String(Math.min(mostVisited, most)) };
}

/**
 * Rows by their signs to compare in full for each that is wanted: as many as the breadth that the recall takes, which the
 * curve was measured with. Of those that pass a filter a part is as near by their signs, so the same part of them is enough.
 */
function oversampleOf(planned: Planned, target: number, share: number, asked: number | undefined): number {
  const { depth } = planned;
  const usual = oversampleFor(target);
  const whole = asked ?? breadthOf(planned, target, curveOf(planned) ? depth : usual * depth);
  return Math.max(share < 1 ? usual : 1, (whole * share) / depth);
}

/**
 * PostgreSQL does not see into attributes, nor that a segment and its filter are one: it expects so few rows to pass that it
 * would rather look all of them up and sort them. The planner here knows better.
 */
export const unsorted = { enable_sort: 'off' };

/** Nothing else is in its graph: there is no way to move the query. */
function segmentPlan(
  planned: Planned,
  choices: DenseChoice[],
  segment: PassingSegment,
  recent: RecentSearch | undefined,
) {
  const plan = indexPlan({ ...planned, toward: undefined }, choices, segment.share, recent);
  const given = Number(plan.settings['hnsw.ef_search']);
  const efSearch = plan.breadthFrom === 'named' ? given : Math.min(mostEfSearch, Math.ceil(segmentBreadth * given));
  return { ...plan, settings: { ...plan.settings, 'hnsw.ef_search': String(efSearch) }, segment: segment.of };
}

/** The index's own curve is of queries that come from among its vectors. Measured: docs/adr/0021. */
const segmentBreadth = 2;

/** What is known best: live queries of the collection, probes of this index, or other collections. */
function breadthFrom(planned: Planned, share: number): DensePlan['breadthFrom'] {
  if (share < 1 || !curveOf(planned)) return 'default';
  return planned.layout.index!.live ? 'live_queries' : 'index';
}

/** Curves of signs are of vectors that are compared by their angles in the end. */
function curveOf({ request, collection, layout: { index } }: Planned): RecallCurve | undefined {
  const { spec } = index!;
  if (spec.element === 'bit' && !isAngular(distanceOf(request, collection))) return undefined;
  return index!.live ?? index!.recall;
}

function breadthOf(planned: Planned, target: number, rows: number): number {
  const curve = curveOf(planned);
  if (!curve) return efSearchFor(target, rows);
  return Math.min(mostEfSearch, Math.max(leastBreadth(rows), breadthFor(curve, target)));
}

/** What signs find is known by measurement alone. */
function expected(planned: Planned, efSearch: number): number | undefined {
  const curve = curveOf(planned);
  if (curve) return recallWith(curve, efSearch);
  return planned.layout.index!.spec.element === 'bit' ? undefined : recallOf(efSearch);
}

/** Of 100,000 vectors behind a filter that lies one way 2,500 visits found .90, 6,000 .97. */
const leastVisited = 4_000;
/** Without a filter, of 100,000 vectors: 12,800 rows of 20,000 visited are .80 of the nearest, of 100,000 all of them. */
const visitedEach = 8;
/** pgvector's default. */
const usuallyVisited = 20_000;
const mostVisited = 200_000;
/** Of a vector that an HNSW scan visits, on the safe side: some 25 of them make a row. */
const visitedMs = 0.01;
