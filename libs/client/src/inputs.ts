import type { FilterInput } from './filter-input.ts';
import type {
  AttributeTypeName,
  FusionName,
  IndexKindName,
  InteractionName,
  PurposeName,
  SearchModeName,
  SimilarByName,
  WaitName,
} from './names.ts';
import type { CallOptions } from './transport.ts';

export type AttributeValue = string | number | boolean | Date | (string | number | boolean)[];

export interface ItemInput {
  collection: string;
  /** 1-256 bytes. A number is written as its digits. */
  itemId: string | number;
  /** Grows with every change; absent: the server stamps the time. */
  revision?: bigint | number;
  title?: string;
  body?: string;
  imageUrl?: string;
  /** null and undefined values are left out. */
  attributes?: Record<string, AttributeValue | null | undefined>;
  price?: number | null;
  /** Units on hand; absent: not counted. */
  stock?: bigint | number | null;
  hidden?: boolean;
  categories?: string[];
}

export interface UserInput {
  userId: string | number;
  revision?: bigint | number;
  attributes?: Record<string, AttributeValue | null | undefined>;
}

export interface InteractionInput {
  /** Counted once, however often it is sent. Absent: a new UUID, so that a retry counts once too. */
  eventId?: string;
  /** Default: now. */
  occurredAt?: Date;
  type: InteractionName;
  /** One of userId and sessionId is needed. */
  userId?: string | number;
  sessionId?: string;
  collection: string;
  itemId: string | number;
  /** The rating, the watched portion (0-1) or the amount paid. */
  value?: number;
  /** `requestId` of the answer that led here, and the place of the item in it. */
  requestId?: string;
  position?: number;
}

/** What a hit carries beside id and score. `payload` is true unless switched off. */
export interface WithInput {
  payload?: boolean;
  vectors?: boolean;
  explain?: boolean;
}

export interface DiversityInput {
  /** 0: relevance alone; 1: difference alone. */
  strength?: number;
  attribute?: string;
  maxPerValue?: number;
}

interface Page {
  collection: string;
  filter?: FilterInput;
  /** 1-1,000; default 10. */
  limit?: number;
  /** `nextPageToken` of the answer before. */
  pageToken?: string;
  with?: WithInput;
  diversity?: DiversityInput;
}

/** One of text, vector, imageUrl, image, itemIds, userId and recommend says what to look for. */
export interface QueryInput extends Page {
  text?: string;
  vector?: ArrayLike<number>;
  /** Model of `vector`; default: the collection's. */
  vectorModel?: string;
  imageUrl?: string;
  image?: Uint8Array;
  itemIds?: (string | number)[];
  userId?: string | number;
  recommend?: { positive: string[]; negative?: string[] };
  mode?: SearchModeName;
  exact?: boolean;
  efSearch?: number;
  recallTarget?: number;
  fusion?: { method?: FusionName; denseWeight?: number; rrfK?: number };
}

/** Without a user or session: what is popular now. */
export interface RecommendInput extends Page {
  userId?: string | number;
  sessionId?: string;
  userIds?: (string | number)[];
  scenario?: string;
  /** Of the reasons: "en" (default) or "ko". */
  language?: string;
}

export interface SimilarInput extends Page {
  /** One item, or a basket. */
  itemId?: string | number;
  itemIds?: (string | number)[];
  by?: SimilarByName;
  language?: string;
}

export interface AttributeInput {
  name: string;
  type: AttributeTypeName;
  array?: boolean;
  filterable?: boolean;
  /** Part of the text that is embedded and searched. */
  embedded?: boolean;
  shown?: boolean;
}

export interface CollectionInput {
  name: string;
  attributes?: AttributeInput[];
  unknownAttributes?: 'keep' | 'refuse';
  /** Embedding model; default: the server's. */
  model?: string;
  /** Embeds the items' image_url; default: pictures are not embedded. */
  imageModel?: string;
  /** Embeds the attribute sound_url; default: sounds are not embedded. */
  soundModel?: string;
  /** Word model whose nearest words widen text queries; default: none. */
  expansionModel?: string;
  index?: { kind?: IndexKindName; m?: number; efConstruction?: number; lists?: number };
}

export interface EmbedInput {
  texts: string[];
  purpose?: PurposeName;
  /** Default: the server's. */
  model?: string;
}

/** `wait: 'completed'`: rows and vectors are written when the answer comes. Default "acknowledged": it is durable. */
export interface WriteOptions extends CallOptions {
  wait?: WaitName;
}

export interface ModelInput {
  /** 1-64 characters of a-z, 0-9, "-", "_", "."; with the version it names the model for good. */
  name: string;
  version: string;
  /** "built-in", "onnx", "openai", "image", "clip", "sound" or "words". */
  provider: string;
  /** Settings of the provider; never a secret. */
  parameters?: Record<string, unknown>;
  /** Name of the dataset it was trained on. */
  dataset?: string;
  metrics?: Record<string, number>;
}

export interface DatasetInput {
  /** 1-64 characters of a-z, 0-9, "-", "_", ".". */
  name: string;
  collection: string;
  description?: string;
  /** Only interactions that occurred before. Absent: all. */
  interactionsBefore?: Date;
}

export interface CompareInput {
  collection: string;
  /** "name" or "name@version". Both absent: the searched one, and the next one or else the one before. */
  left?: string;
  right?: string;
  /** Queries with the grade of each item that was judged; 0 is irrelevant. */
  judged?: { text: string; grades: Record<string, number> }[];
  /** Recent queries of the collection to take, 0-1000. Default 200. */
  recent?: number;
}
