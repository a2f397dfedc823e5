import { type Hit, limits, type Plan } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import type { CollectionDirectory, CollectionRow } from '@kindred/vector-index';
import type { CollectionSizes } from '../collection-sizes.ts';
import type { Models } from '../models.ts';
import type { Settings } from '../settings.ts';
import { hitOf, planOf, valuesOf } from './answer.ts';
import { type CandidateQuery, type CandidateRow, type Figures, readCandidates } from './candidates.store.ts';
import { type Candidate, diversify } from './diversify.ts';
import { offsetOf, pageToken } from './page-token.ts';
import type { CheckedRequest } from './request.ts';

/** How an answer is made, beside what the caller asked for. */
export type Recipe = Pick<CandidateQuery, 'origin' | 'weights' | 'contentBelow' | 'fill'>;

export interface Asked {
  tenant: string;
  collection: CollectionRow;
  request: CheckedRequest;
  /** Decides order and membership of the hits: a page token belongs to one of these. */
  identity: unknown;
  signal?: AbortSignal;
}

export interface Answer {
  hits: Hit[];
  nextPageToken: string;
  plan: Plan;
}

/** Diversity reorders this many of the best; what is beyond them is not reached. */
const diversityPool = 500;

/** Candidates of one statement to a page of hits. */
export class Recommender {
  constructor(
    readonly database: Database,
    readonly collections: CollectionDirectory,
    private readonly models: Models,
    private readonly sizes: CollectionSizes,
    private readonly settings: Settings,
  ) {}

  /** One page. `inspect` sees what ran before anything is made of it, and may throw or add notes. */
  async answer(asked: Asked, recipe: Recipe, inspect: (figures: Figures) => string[]): Promise<Answer> {
    const start = performance.now();
    const { tenant, collection, request, signal } = asked;
    const offset = offsetOf(request.pageToken, asked.identity, request.limit);
    const [model, size] = await Promise.all([this.models.of(collection), this.sizes.of(collection)]);
    const query = this.queryOf(asked, recipe, offset, model);
    const rows = await readCandidates(this.database, tenant, query, signal);
    const figures = rows[0]!.figures!;
    const notes = inspect(figures);
    const found = rows.filter((row) => row.position !== null);
    const { page, more } = request.diversity ? diversified(found, asked, offset) : firstOf(found, request.limit);
    if (page.length === 0 && offset === 0) notes.push(emptyNote(request));
    const plan = { ...planOf(figures, query, notes), collectionItems: size };
    if (request.diversity && found.length > diversityPool && !more) plan.complete = false;
    const nextPageToken = more ? nextToken(asked, offset, plan) : '';
    const hits = page.map((row) => hitOf(row, request, query));
    return { hits, nextPageToken, plan: { ...plan, tookMs: performance.now() - start } };
  }

  private queryOf(asked: Asked, recipe: Recipe, offset: number, model: CandidateQuery['model']): CandidateQuery {
    const { collection, request } = asked;
    const { diversity, filter, vectors } = request;
    const needsVectors = vectors || (diversity?.strength ?? 0) > 0;
    const range = diversity ? { offset: 0, limit: diversityPool } : { offset, limit: request.limit };
    return { ...recipe, ...range, collection, model, filter, withVectors: needsVectors, settings: this.settings };
  }
}

interface Page {
  page: CandidateRow[];
  more: boolean;
}

const firstOf = (rows: CandidateRow[], limit: number): Page => ({
  page: rows.slice(0, limit),
  more: rows.length > limit,
});

function diversified(rows: CandidateRow[], { request, collection }: Asked, offset: number): Page {
  const { strength, attribute, maxPerValue } = request.diversity!;
  const candidates = rows.slice(0, diversityPool).map((row): Candidate & { row: CandidateRow } => ({
    row,
    score: row.score,
    vector: strength > 0 && row.vector !== null ? Float32Array.from(JSON.parse(row.vector)) : undefined,
    values: valuesOf(row, attribute, collection),
  }));
  const end = offset + request.limit;
  const chosen = diversify(candidates, { strength, maxPerValue }, end + 1).map(({ row }) => row);
  return { page: chosen.slice(offset, end), more: chosen.length > end };
}

const emptyNote = ({ filter }: CheckedRequest) =>
  filter ? 'No item that may be recommended matches the filter' : 'Nothing is left to recommend in this collection';

function nextToken({ request, identity }: Asked, offset: number, plan: Plan): string {
  const next = offset + request.limit;
  if (next + request.limit <= limits.pageDepth) return pageToken(identity, next);
  plan.notes.push(`Paging ends at ${limits.pageDepth} hits: narrow the request with a filter`);
  return '';
}
