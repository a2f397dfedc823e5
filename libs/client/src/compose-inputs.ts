import type { FilterInput } from './filter-input.ts';
import type { DecayCurveName, DistanceName, FusionName, SearchModeName } from './names.ts';

/** One of these says what to look for. */
export interface SubjectInput {
  text?: string;
  vector?: ArrayLike<number>;
  /** Model of `vector`; default: the collection's. */
  vectorModel?: string;
  imageUrl?: string;
  image?: Uint8Array;
  itemIds?: (string | number)[];
  userId?: string | number;
  recommend?: { positive: string[]; negative?: string[] };
}

/** How a search runs. */
export interface SearchInput {
  mode?: SearchModeName;
  exact?: boolean;
  /** Breadth of an HNSW search, 1-1,000. */
  efSearch?: number;
  /** Recall@limit wanted, above 0 and up to 1; 1 looks at everything. */
  recallTarget?: number;
  /** Lists of an IVFFlat index looked at. */
  probes?: number;
  /** Default: the collection's. Another than its index has is searched exactly. */
  distance?: DistanceName;
  fusion?: { method?: FusionName; denseWeight?: number; rrfK?: number };
}

/** `weight`: any finite number but 0; below 0 pushes away. Default 1. */
export interface MixPartInput extends SubjectInput {
  weight?: number;
}

/** With something to look for, the stages before it are ordered anew by it; without, they are fused. */
export interface PrefetchInput extends SubjectInput, SearchInput {
  filter?: FilterInput;
  /** Candidates handed on, 1-1,000; default 100. */
  limit?: number;
  /** In the fusion of several stages; above 0, default 1. */
  weight?: number;
  prefetch?: PrefetchInput[];
}

export interface DecayInput {
  /** A number, time or geo field. */
  field: string;
  /** Of the field's type; for a time field default: now. */
  origin?: number | string | Date | { latitude: number; longitude: number };
  /** Distance at which the value is `atScale`: in the field's unit, in seconds, in meters. */
  scale: number;
  /** Up to this distance the value is 1; default 0. */
  offset?: number;
  /** Between 0 and 1; default 0.5. */
  atScale?: number;
  curve?: DecayCurveName;
}

/** A value from 0 to 1 for every hit, times a weight other than 0. */
export type BoostInput = { weight: number } & (
  | { filter: FilterInput }
  | { decay: DecayInput }
  /** value / (value + pivot); `missing` for items without the field, default 0. */
  | { field: string; pivot: number; missing?: number }
  | { popularity: true }
);

/** What a query may be composed of; see docs/queries.md. */
export interface ComposeInput {
  /** Instead of one thing to look for: several, weighted. */
  mix?: MixPartInput[];
  /** Searched together with `collection`. */
  collections?: string[];
  prefetch?: PrefetchInput[];
  /** Orders the first `depth` hits (1-200, default 50) anew by a reranker of the server; `text` default: the query's. */
  rerank?: { model?: string; depth?: number; text?: string };
  /** `groups` instead of `hits`, with up to `size` hits each (1-100, default 3); `limit` counts groups. */
  groupBy?: { field: string; size?: number };
  /** score x (1 + sum of weight x value). */
  boosts?: BoostInput[];
}
