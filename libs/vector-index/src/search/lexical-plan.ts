import type { CollectionRow } from '../collection.store.ts';
import { rounded } from '../planner/dense-planner.ts';
import { demandsOrdered, filterFacts } from '../planner/filter-facts.ts';
import type { ItemSample } from '../planner/item-sample.ts';
import { type Found, mostFound } from './candidates.ts';
import { type DensePlan, unsorted } from './dense-plan.ts';
import type { LexicalLeg } from './lexical-leg.ts';
import type { CheckedRequest } from './search-request.ts';

/** How a lexical leg meets its filter. */
export interface LexicalPlan {
  /** The filtered items come first, for this leg alone. */
  found?: Found;
  /** The index of words is walked, and each document's item looked up. */
  walks: boolean;
  settings: Record<string, string>;
  reason: string;
}

export interface LexicalFacts {
  leg: LexicalLeg;
  request: CheckedRequest;
  collection: CollectionRow;
  items: bigint;
  depth: number;
  /** To estimate with what the filter leaves. */
  sample: ItemSample;
  /** How the dense leg of the same statement runs. */
  dense?: Pick<DensePlan, 'found' | 'settings'>;
  /** More was found than was expected. */
  without?: boolean;
}

/**
 * By a document that the walk meets and scores, 7 µs: a found item, its document looked up (5 µs, and words may match fewer);
 * an item that a scan asks whether it passes, where no index finds those that do (docs/adr/0035).
 */
const byMet = { found: 1.5, scanned: 0.2 };
/** Words match no more of the documents than this: the walk then ends. */
const mostMatching = 0.25;

/**
 * Behind a filter of known share the leg finds the items first, or walks until enough pass; PostgreSQL, which does not see into
 * attributes, would often rather score every document of an item that passes. Undefined where it may choose for itself.
 */
export function planLexical(planned: LexicalFacts): LexicalPlan | undefined {
  const { leg, request, items, depth, sample } = planned;
  if (!request.filter || leg.method !== 'bm25_index') return undefined;
  const share = sample.shareOf(request.filter);
  const passing = share * Number(items);
  const met = Math.min(depth / share, mostMatching * Number(items));
  const found = maySort(planned) ? foundSooner(planned, passing, met) : undefined;
  if (found) return { found, walks: false, settings: {}, reason: `about ${rounded(passing)} of ${items} items pass` };
  const reason = `at most ${rounded(met)} documents met for ${depth} that pass`;
  return { walks: true, settings: walkSettings(met), reason };
}

/** What is found is scored and sorted; where that is off PostgreSQL would walk, and look for each document among all that were found. */
const maySort = ({ dense, without }: LexicalFacts) => !without && dense?.settings.enable_sort !== unsorted.enable_sort;

function foundSooner({ request, collection, items, sample, dense }: LexicalFacts, passing: number, met: number) {
  const most = mostFound(passing);
  const found = byMet.found * passing;
  if (found > met) return undefined;
  if (dense?.found) return dense.found;
  const facts = filterFacts(request.filter, collection, sample);
  if (facts || demandsOrdered(request.filter!)) return { facts, most };
  return byMet.scanned * Number(items) + found <= met ? { most } : undefined;
}

/** pgvector's and pg_textsearch's orders come without a sort; the scan begins anew with twice as many where these were too few. */
const walkSettings = (met: number) => ({
  ...unsorted,
  'pg_textsearch.default_limit': String(Math.min(mostScored, Math.max(usuallyScored, Math.ceil(1.25 * met)))),
});

const usuallyScored = 1_000;
const mostScored = 20_000;
