import { FusionMethod, type Hit, type Plan, type PlanLeg } from '@kindred/contracts';
import type { CollectionRow } from '../collection.store.ts';
import { itemFromRow } from '../live-item.ts';
import type { ChosenLegs } from './leg-chooser.ts';
import { type CheckedRequest, poolDepth } from './search-request.ts';
import type { SearchRow } from './search-statement.ts';

export function hitOf(row: SearchRow, request: CheckedRequest, collection: CollectionRow): Hit {
  const scores: Record<string, number> = {};
  if (row.lexical_score !== null) scores.lexical = row.lexical_score;
  if (row.dense_score !== null) scores.dense = row.dense_score;
  if (request.explain && row.lexical_rank !== null) scores.lexical_rank = row.lexical_rank;
  if (request.explain && row.dense_rank !== null) scores.dense_rank = row.dense_rank;
  return {
    collection: collection.name,
    itemId: row.item_id,
    score: row.score,
    item: request.payload ? itemFromRow(row, collection) : undefined,
    scores,
    vector: row.vector === null ? [] : JSON.parse(row.vector),
    reason: '',
  };
}

/** What a search without any leg to run answers. */
export function emptyPlan(request: CheckedRequest, { notes, collectionItems }: ChosenLegs): Plan {
  const { fusion, denseWeight } = wireFusion(request);
  return { legs: [], complete: false, fusion, denseWeight, model: '', notes: [...notes], tookMs: 0, collectionItems };
}

export function planOf(request: CheckedRequest, legs: ChosenLegs, row: SearchRow): Plan {
  const { lexical, dense } = legs;
  const both = request.mode === 'hybrid';
  const denseFound = dense !== undefined && !row.no_vector && (row.dense_rows > 0 || row.lexical_rows === 0);
  return {
    ...emptyPlan(request, legs),
    legs: [...(lexical ? [lexicalLeg(request, legs, row)] : []), ...(dense ? [denseLeg(request, legs, row)] : [])],
    complete: (!both || (lexical !== undefined && denseFound)) && !row.no_vector,
    model: dense ? dense.model.name : '',
    notes: [...legs.notes, ...denseNotes(request, legs, row, denseFound), ...vectorNotes(request, legs)],
  };
}

function wireFusion({ fusion, mode }: CheckedRequest): { fusion: FusionMethod; denseWeight: number } {
  if (mode !== 'hybrid')
    return { fusion: FusionMethod.FUSION_METHOD_UNSPECIFIED, denseWeight: mode === 'dense' ? 1 : 0 };
  if (fusion.method === 'rrf') return { fusion: FusionMethod.FUSION_METHOD_RRF, denseWeight: 0.5 };
  return { fusion: FusionMethod.FUSION_METHOD_NORMALIZED, denseWeight: fusion.denseWeight };
}

function lexicalLeg(request: CheckedRequest, { lexical }: ChosenLegs, row: SearchRow): PlanLeg {
  const { terms, extra } = lexical!;
  const widened: Record<string, string> = extra
    ? { extra_terms: extra.terms.join(' '), extra_weight: extra.weight.toFixed(3) }
    : {};
  return {
    name: 'lexical',
    method: lexical!.method,
    rows: BigInt(row.lexical_rows),
    complete: true,
    tookMs: row.lexical_ms,
    settings: { depth: String(poolDepth(request.limit)), terms: terms.join(' '), ...widened },
  };
}

function denseLeg(request: CheckedRequest, { dense, settings }: ChosenLegs, row: SearchRow): PlanLeg {
  const fellBack: Record<string, string> = row.dense_fell_back ? { fell_back_from: dense!.method } : {};
  return {
    name: 'dense',
    method: row.dense_fell_back ? 'vector_exact' : dense!.method,
    rows: BigInt(row.dense_rows),
    complete: !row.no_vector,
    tookMs: row.dense_ms,
    settings: { depth: String(poolDepth(request.limit)), ...fellBack, ...settings },
  };
}

function denseNotes({ by }: CheckedRequest, { dense }: ChosenLegs, row: SearchRow, found: boolean): string[] {
  if (!dense) return [];
  if (row.no_vector) {
    const what = by.kind === 'user' ? 'The user has' : 'The items have';
    return [`${what} no vector of ${dense.model.name} yet: nothing to compare with`];
  }
  if (!found) return [`No matching item has a vector of ${dense.model.name} yet: lexical only`];
  if (!row.dense_fell_back) return [];
  return [`The index of ${dense.model.name} ended before the page was sure to be full: every vector was looked at`];
}

function vectorNotes({ vectors }: CheckedRequest, { dense }: ChosenLegs): string[] {
  return vectors && !dense ? ['Hits carry vectors only where the dense leg runs'] : [];
}
