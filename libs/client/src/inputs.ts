import type { ComposeInput, SearchInput, SubjectInput } from './compose-inputs.ts';
import type { FilterInput } from './filter-input.ts';
import type {
  AttributeTypeName,
  DistanceName,
  IndexElementName,
  IndexKindName,
  InteractionName,
  PurposeName,
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

/** What is left out stays as it is; null takes a field or an attribute away. */
export interface ItemPatchInput {
  collection: string;
  itemId: string | number;
  title?: string;
  body?: string;
  imageUrl?: string;
  attributes?: Record<string, AttributeValue | null | undefined>;
  price?: number | null;
  stock?: bigint | number | null;
  hidden?: boolean;
  /** Replaces them. */
  categories?: string[] | null;
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
  /** The rating (0-10), the watched portion (0-1) or the amount paid. */
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

export interface Page {
  collection: string;
  filter?: FilterInput;
  /** 1-1,000; default 10. */
  limit?: number;
  /** `nextPageToken` of the answer before. */
  pageToken?: string;
  with?: WithInput;
  diversity?: DiversityInput;
}

/** One of text, vector, imageUrl, image, itemIds, userId, recommend and mix says what to look for, or prefetch does. */
export interface QueryInput extends Page, SubjectInput, SearchInput, ComposeInput {
  textOptions?: TextOptionsInput;
}
/** How `text` is read. */
export interface TextOptionsInput {
  /** Look for the nearest words beside those that no item has. Default true. */
  typos?: boolean;
  /** Hits carry the places where terms were found. */
  highlight?: boolean;
  /** Leave the collection's synonyms out. */
  withoutSynonyms?: boolean;
  /** "Quotation marks" and -exclusions mean nothing. */
  literal?: boolean;
}

/** How the texts of a collection are searched. */
export interface SearchSettingsInput {
  /** Words or phrases that count as the same; `oneWay`: only the first is widened by the others. */
  synonyms?: { words: string[]; oneWay?: boolean }[];
  /** Left out of queries that have other words. */
  stopWords?: string[];
  /** Most that the dense leg counts in a hybrid search, 0-1. Default 0.3. */
  denseWeight?: number;
  /** Where the weight comes from, in words; told in every plan. */
  denseWeightSource?: string;
  /** Analyzer of Korean beside pairs of characters: "garu-ko", where services have it. */
  koreanAnalyzer?: string;
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
  /** Absent: as it is stored. An empty one takes everything away. */
  search?: SearchSettingsInput;
  index?: IndexInput;
}

/** Settings left out follow the data. */
export interface IndexInput {
  /** Default auto: scanned exactly until large, then HNSW. */
  kind?: IndexKindName;
  /** HNSW: links of an element, 2-100. */
  m?: number;
  /** HNSW: breadth while it is built, 2 m to 1000. */
  efConstruction?: number;
  /** IVFFlat: 1-32768. */
  lists?: number;
  /** Of queries that name none; an index serves those by its own. Default cosine. */
  distance?: DistanceName;
  /** What the index is made of: the vectors as stored, halves of them, or their signs. */
  element?: IndexElementName;
  /** HNSW: fields whose common values get a graph of their own. Default: those that searches are often filtered by; `['none']`: none. */
  segments?: string[];
  /** HNSW: breadth of a search that names none, 1-1000. */
  efSearch?: number;
  /** IVFFlat: lists looked at where a search names no number. */
  probes?: number;
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
