import { mostEfSearch } from '../indexes/recall-curve.ts';

/** A way to search the vectors of a collection. */
export type DenseMethod = 'exact' | 'exact_found' | 'exact_filtered' | 'index' | 'segment';

/** What is known before a dense leg runs. */
export interface DenseFacts {
  items: number;
  /** Estimated share of the items that pass the filter; 1 without one. */
  share: number;
  /** Rows that the leg shall give. */
  depth: number;
  /** There is an approximate index, and it may be used. */
  indexed: boolean;
  /** All that pass are in a graph of their own: the share of these that do. */
  segment?: { share: number; rows: number };
  /** What the index leaves out: rows of it that are looked at beside it, in a scan or by a small index of their own. */
  recent?: { scanned: boolean; examined: number };
  filtered: boolean;
  /** An index over the items finds those that may pass. */
  findable: boolean;
}

export interface DenseChoice {
  method: DenseMethod;
  estimatedMs: number;
  reason: string;
}

/**
 * Milliseconds on one core, measured on 100,000 items of 384 dimensions (docs/search-planner.md). Only their ratios
 * decide, so other machines and dimensions choose alike.
 */
const cost = {
  start: 0.3,
  /** A vector met by a scan of all, its distance taken. */
  scanned: 0.00045,
  /** An item met by a scan, its filter evaluated. */
  filtered: 0.0012,
  /** An item found by an index, looked up, and its vector too. */
  found: 0.005,
  /** The first batch of an HNSW search, and each row it gives beyond. */
  indexStart: 0.9,
  indexRow: 0.02,
};

/** All ways that would answer, the cheapest first. */
export function denseChoices(facts: DenseFacts): DenseChoice[] {
  const { items, share, depth, indexed, segment, recent, filtered, findable } = facts;
  const passing = share * items;
  const about = `about ${rounded(passing)} of ${items} items pass`;
  const choices: DenseChoice[] = [];
  if (!filtered) {
    choices.push({ method: 'exact', estimatedMs: cost.start + items * cost.scanned, reason: `${items} vectors` });
  } else {
    const scan = items * cost.filtered + items * cost.scanned;
    choices.push({ method: 'exact_filtered', estimatedMs: cost.start + scan, reason: about });
    const found = passing * cost.found;
    if (findable) choices.push({ method: 'exact_found', estimatedMs: cost.start + found, reason: about });
  }
  if (indexed) {
    const rows = Math.min(items, depth / share);
    const beside = recent ? recent.examined * (recent.scanned ? cost.scanned : cost.indexRow) : 0;
    const estimatedMs = cost.indexStart + rows * cost.indexRow + beside;
    const reason = filtered ? `${about}: some ${rounded(rows)} rows for ${depth}` : `${depth} rows of ${items}`;
    choices.push({ method: 'index', estimatedMs, reason });
    if (segment) choices.push(segmentChoice(segment, depth, beside));
  }
  return choices.sort((a, b) => a.estimatedMs - b.estimatedMs);
}

/** By a graph or lists, and so approximate. */
export const byIndex = ({ method }: DenseChoice): boolean => method === 'index' || method === 'segment';

type Segment = Exclude<DenseFacts['segment'], undefined>;

function segmentChoice(segment: Segment, depth: number, beside: number): DenseChoice {
  const rows = rowsMet(segment, depth);
  return {
    method: 'segment',
    estimatedMs: segmentMs(segment, depth) + beside,
    reason: `${rounded(segment.rows)} vectors in a graph of their own: some ${rounded(rows)} rows for ${depth}`,
  };
}

/** Its graph is met as the whole one is, and holds nothing else. */
export const segmentMs = (segment: Segment, depth: number): number =>
  cost.indexStart + rowsMet(segment, depth) * cost.indexRow;

const rowsMet = ({ rows, share }: Segment, depth: number) => Math.min(rows, depth / share);

/** Two significant digits: it is an estimate. */
export const rounded = (count: number) => Number(count.toPrecision(2));

/**
 * Breadth of an HNSW search for a recall@10. Measured with m = 24 and ef_construction = 128 on 100,000 vectors of MiniLM:
 * what is missed falls with the breadth, 1 - recall = 2.4 / ef_search (.05 at 48, .01 at 240). At least the rows wanted.
 */
export const efSearchFor = (recallTarget: number, depth: number): number =>
  Math.min(mostEfSearch, Math.max(depth, Math.ceil(missedAtOne / (1 - recallTarget))));

/** Curves are of pages of ten: they say too little of a search that is hardly broader than its page (.947 at 12 for 11). */
export const leastBreadth = (depth: number) => Math.ceil(1.5 * depth);

/**
 * The same behind a filter that needs `wanted` rows looked at: twice as many in one batch cost less than batch after batch,
 * and find what lies far from the query. Where the query is `moved` towards what passes, more of them do (measured, docs/search-planner.md).
 */
export const filteredEfSearch = (recallTarget: number, wanted: number, moved = false): number => {
  const rows = wanted * Math.max(2, missedAtOne / (1 - recallTarget) / 24);
  return efSearchFor(recallTarget, Math.ceil(moved ? 0.65 * rows : rows));
};

/** Inverse of efSearchFor. */
export const recallOf = (efSearch: number) => Math.max(0, 1 - missedAtOne / efSearch);

const missedAtOne = 2.4;
