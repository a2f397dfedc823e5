import type { QueryRequest } from '@kindred/contracts';
import type { Arrangement, Boost, Diversity, GroupBy, SearchRequest } from '@kindred/vector-index';
import type { Known } from './gather.ts';

/** What a query is composed of; docs/queries.md says how the pieces work together. */
export interface ComposedQuery {
  tenant: string;
  /** The first is the one that item ids are of. */
  collections: string[];
  stage: Stage;
  boosts: Boost[];
  rerank?: Rerank;
  diversity?: Diversity;
  groupBy?: GroupBy;
  /** Hits or groups per page. */
  limit: number;
  /** The same of the first page, by which pools are as deep as they are. */
  firstLimit: number;
  /** Of what decides order and membership of the hits. */
  identity: Buffer;
  pageToken: string;
  payload: boolean;
  vectors: boolean;
  /** Hits tell where the terms of the texts were found. */
  highlight: boolean;
  signal: AbortSignal;
}

/** A query and the stages before it. */
export interface Stage {
  /** As the contract calls it: "prefetch[0]"; empty for the query itself. */
  path: string;
  /** What scores and plan call it: "prefetch_0"; empty for the query itself. */
  label: string;
  /** What orders the candidates: one search, or several weighted ones. None: the stages are fused. */
  parts: Part[];
  mixed: boolean;
  stages: Stage[];
  /** How the stages are fused where there is no part: by shares of the best score, or by rank with this constant. */
  rrfK?: number;
  /** In the fusion with its neighbors. */
  weight: number;
  /** Candidates handed on. */
  limit: number;
}

export interface Part {
  path: string;
  /** "part_0" in a mix; else as the stage. */
  label: string;
  weight: number;
  /** Its collection is replaced by each of the query's. */
  search: SearchRequest;
}

export interface Rerank {
  model: string;
  depth: number;
  text: string;
}

/** Whether a query needs more than the one statement of a plain search. */
export function isComposed(request: QueryRequest): boolean {
  const { mix, collections, prefetch, rerank, groupBy, boosts, diversity } = request;
  const lists = [collections, prefetch, boosts].some((list) => list.length > 0);
  return lists || [mix, rerank, groupBy, diversity].some((option) => option !== undefined);
}

/** How a page is made of the candidates. */
export function arrangementOf({ limit, diversity, groupBy }: ComposedQuery): Arrangement<Known> {
  const limits = diversity?.attribute
    ? [{ valuesOf: ({ variety }: Known) => variety, most: diversity.maxPerValue }]
    : [];
  return { limit, strength: diversity?.strength ?? 0, limits, groupSize: groupBy?.size };
}
