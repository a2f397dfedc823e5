import {
  AbsenceCause,
  AttributeType,
  DecayCurve,
  Distance,
  EmbedPurpose,
  FusionMethod,
  IndexElement,
  IndexKind,
  InteractionType,
  MigrationState,
  ModelRole,
  ModelState,
  SearchMode,
  SimilarBy,
  SuggestionKind,
  UnknownAttributes,
  Wait,
  WordFileFormat,
  WriteStatus,
} from '@kindred/contracts';

/** Two-way table between a protobuf enum and the lower-case names people write. */
class Names<Name extends string> {
  constructor(
    private readonly values: Record<string, string | number>,
    private readonly start: string,
  ) {}

  /** Absent: UNSPECIFIED, which means the server's default. Throws a TypeError for a name that does not exist. */
  number(name: Name | undefined, field: string): number {
    if (name === undefined) return 0;
    const value = this.values[this.start + String(name).toUpperCase()];
    if (typeof value === 'number') return value;
    throw new TypeError(`${field} is "${name}"; it must be one of ${this.all().join(', ')}`);
  }

  /** A number this client does not know yet is "unspecified". */
  name(value: number): Name | 'unspecified' {
    const name = this.values[value];
    if (typeof name !== 'string' || !name.startsWith(this.start)) return 'unspecified';
    return name.slice(this.start.length).toLowerCase() as Name | 'unspecified';
  }

  private all(): string[] {
    const names = Object.keys(this.values).filter((key) => key.startsWith(this.start));
    return names.map((name) => name.slice(this.start.length).toLowerCase()).filter((name) => name !== 'unspecified');
  }
}

export type WaitName = 'acknowledged' | 'completed';
export type WriteStatusName = 'acknowledged' | 'completed' | 'stale' | 'rejected' | 'pending';
export type AttributeTypeName = 'keyword' | 'text' | 'number' | 'boolean' | 'time' | 'geo';
export type IndexKindName = 'auto' | 'exact' | 'hnsw' | 'ivfflat';
export type IndexElementName = 'stored' | 'half' | 'bit';
export type SearchModeName = 'hybrid' | 'lexical' | 'dense';
export type DistanceName = 'cosine' | 'inner_product' | 'l2' | 'l1' | 'hamming' | 'jaccard';
export type DecayCurveName = 'exponential' | 'gaussian' | 'linear';
export type FusionName = 'normalized' | 'rrf';
export type SuggestionName = 'completion' | 'typo' | 'keyboard';
export type SimilarByName = 'blend' | 'content' | 'interactions' | 'also_viewed' | 'also_bought';
export type WordFormatName = 'word2vec_text' | 'word2vec_binary' | 'fasttext_vec';
export type PurposeName = 'document' | 'query';
export type ModelStateName = 'registered' | 'candidate' | 'active' | 'retired';
export type ModelRoleName = 'active' | 'next' | 'previous';
export type MigrationStateName = 'filling' | 'indexing' | 'ready' | 'switched' | 'waiting';
export type InteractionName =
  | 'view'
  | 'click'
  | 'add_to_cart'
  | 'purchase'
  | 'like'
  | 'dislike'
  | 'hide'
  | 'rating'
  | 'watch_portion'
  | 'impression';

export type AbsenceCauseName =
  | 'unknown_item'
  | 'deleted'
  | 'hidden'
  | 'filtered'
  | 'outranked'
  | 'not_embedded'
  | 'stale_vector'
  | 'no_term_matches'
  | 'is_example'
  | 'text_condition'
  | 'missed_by_index'
  | 'sold_out'
  | 'seen'
  | 'bought'
  | 'owned'
  | 'disliked'
  | 'blocked_category'
  | 'quota'
  | 'not_listed'
  | 'no_source'
  | 'nothing_compared';

export const absenceCauses = new Names<AbsenceCauseName>(AbsenceCause, 'ABSENCE_CAUSE_');
export const waits = new Names<WaitName>(Wait, 'WAIT_');
export const writeStatuses = new Names<WriteStatusName>(WriteStatus, 'WRITE_STATUS_');
export const attributeTypes = new Names<AttributeTypeName>(AttributeType, 'ATTRIBUTE_TYPE_');
export const unknownAttributes = new Names<'keep' | 'refuse'>(UnknownAttributes, 'UNKNOWN_ATTRIBUTES_');
export const indexKinds = new Names<IndexKindName>(IndexKind, 'INDEX_KIND_');
export const indexElements = new Names<IndexElementName>(IndexElement, 'INDEX_ELEMENT_');
export const searchModes = new Names<SearchModeName>(SearchMode, 'SEARCH_MODE_');
export const distances = new Names<DistanceName>(Distance, 'DISTANCE_');
export const decayCurves = new Names<DecayCurveName>(DecayCurve, 'DECAY_CURVE_');
export const fusions = new Names<FusionName>(FusionMethod, 'FUSION_METHOD_');
export const suggestionKinds = new Names<SuggestionName>(SuggestionKind, 'SUGGESTION_KIND_');
export const similarBys = new Names<SimilarByName>(SimilarBy, 'SIMILAR_BY_');
export const purposes = new Names<PurposeName>(EmbedPurpose, 'EMBED_PURPOSE_');
export const modelStates = new Names<ModelStateName>(ModelState, 'MODEL_STATE_');
export const modelRoles = new Names<ModelRoleName>(ModelRole, 'MODEL_ROLE_');
export const migrationStates = new Names<MigrationStateName>(MigrationState, 'MIGRATION_STATE_');
export const interactionNames = new Names<InteractionName>(InteractionType, 'INTERACTION_TYPE_');
export const wordFormats = new Names<WordFormatName>(WordFileFormat, 'WORD_FILE_FORMAT_');
