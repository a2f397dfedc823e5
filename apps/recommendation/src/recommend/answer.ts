import type { Hit, Plan, PlanLeg } from '@kindred/contracts';
import { FusionMethod } from '@kindred/contracts';
import { type CollectionRow, itemFromRow } from '@kindred/vector-index';
import type { CandidateQuery, CandidateRow, Figures } from './candidates.store.ts';
import { type Cause, reasonOf } from './reasons.ts';
import type { CheckedRequest } from './request.ts';

/** A row as a hit, with its scores by source and its reason. */
export function hitOf(row: CandidateRow, request: CheckedRequest, query: CandidateQuery): Hit {
  const scores: Record<string, number> = {};
  if (row.collaborative !== null) scores.collaborative = row.collaborative;
  if (row.content !== null) scores.content = row.content;
  if (row.popular !== null && row.popular > 0) scores.popular = row.popular;
  if (row.newest) scores.newest = 1;
  return {
    collection: query.collection.name,
    itemId: row.item_id,
    score: row.score,
    item: request.payload ? itemFromRow(row, query.collection) : undefined,
    scores,
    vector: request.vectors && row.vector !== null ? JSON.parse(row.vector) : [],
    reason: reasonOf(causeOf(row, query), request.language),
    matchedFields: [],
    highlights: [],
  };
}

/** The source that gave the most. */
function causeOf(row: CandidateRow, { weights, origin }: CandidateQuery): Cause {
  if (row.newest) return { kind: 'newest' };
  const collaborative = weights.collaborative * (row.collaborative ?? 0);
  const content = weights.content * (row.content ?? 0);
  const popular = weights.popular * (row.popular ?? 0);
  if (row.collaborative !== null && collaborative >= Math.max(content, popular)) {
    return { kind: 'seed', type: row.seed_type ?? '', title: row.seed_title ?? '' };
  }
  if (row.content !== null && content >= popular) {
    return { kind: origin.kind === 'items' ? 'alike' : 'content' };
  }
  return { kind: 'popular' };
}

export function planOf(figures: Figures, query: CandidateQuery, notes: string[]): Plan {
  return {
    legs: legsOf(figures, query),
    complete: true,
    fusion: FusionMethod.FUSION_METHOD_NORMALIZED,
    denseWeight: figures.content_ran ? query.weights.content : 0,
    model: figures.content_ran ? query.model!.name : '',
    notes,
    tookMs: 0,
    collectionItems: 0n,
    steps: [],
  };
}

function legsOf(figures: Figures, { weights, fill, limit, offset, contentBelow }: CandidateQuery): PlanLeg[] {
  const depth = String(offset + limit + 1);
  const leg = (
    name: string,
    method: string,
    rows: number,
    tookMs: number,
    settings: Record<string, string>,
  ): PlanLeg => ({
    name,
    method,
    rows: BigInt(rows),
    complete: true,
    tookMs,
    settings,
    reason: '',
    examined: BigInt(rows),
  });
  const legs: PlanLeg[] = [];
  if (weights.collaborative > 0) {
    const settings = { weight: String(weights.collaborative), known_items: String(figures.known_items) };
    legs.push(leg('collaborative', 'item_neighbors', figures.collaborative_rows, figures.collaborative_ms, settings));
  }
  if (figures.content_ran) {
    const settings = { weight: String(weights.content), depth, when_below: String(contentBelow) };
    legs.push(leg('content', 'vector_nearest', figures.content_rows, figures.content_ms, settings));
  }
  if (fill === 'always' || figures.popular_rows > 0) {
    const settings = { weight: String(weights.popular), depth };
    legs.push(leg('popular', 'item_popularity', figures.popular_rows, figures.popular_ms, settings));
  }
  if (figures.newest_rows > 0) legs.push(leg('newest', 'items', figures.newest_rows, figures.newest_ms, { depth }));
  return legs;
}

/** Values of the attribute that diversity counts. */
export function valuesOf(row: CandidateRow, attribute: string, collection: CollectionRow): string[] {
  if (attribute === '') return [];
  const isDeclared = collection.attributes.some(({ name }) => name === attribute);
  const value = isDeclared ? row.attributes[attribute] : row.categories;
  if (value === undefined || value === null) return [];
  return (Array.isArray(value) ? value : [value]).map(String);
}
