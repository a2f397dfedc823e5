export { type ClientErrorCode, KindredClientError } from './client-error.ts';
export type { Collections } from './collections.ts';
export type * from './compose-inputs.ts';
export { boostOf } from './compose-requests.ts';
export type { Datasets } from './datasets.ts';
export type { DeadLetters } from './dead-letters.ts';
export type { Draft } from './draft.ts';
export type { ExperimentInput, ExperimentMetricName, Experiments } from './experiments.ts';
export {
  and,
  type Bounds,
  box,
  eq,
  exists,
  type FilterValue,
  not,
  oneOf,
  or,
  prefix,
  radius,
  range,
  where,
} from './filter.ts';
export type { FilterInput } from './filter-input.ts';
export { FilterSyntaxError } from './filter-tokens.ts';
export type * from './inputs.ts';
export { Kindred } from './kindred.ts';
export { KindredClient } from './kindred-client.ts';
export type { Migrations } from './migrations.ts';
export { modelName, parseModelName } from './model-name.ts';
export type * from './names.ts';
export { parseFilter } from './parse-filter.ts';
export type * from './recommend-inputs.ts';
export { inferAttributes } from './records/infer-attributes.ts';
export { matchCount } from './records/match-count.ts';
export type { Metadata, MetadataOptions, MetadataValue } from './records/metadata-fields.ts';
export { type MetadataFilter, type MetadataTests, metadataFilter } from './records/metadata-filter.ts';
export {
  type IndexDescription,
  type IndexMatch,
  type IndexOptions,
  type IndexQuery,
  type IndexRecord,
  RecordIndex,
} from './records/record-index.ts';
export type {
  CollectionInfo,
  ItemOutcome,
  MigrationInfo,
  ModelInfo,
  SuggestionInfo,
  VectorInfo,
  WriteOutcome,
} from './results.ts';
export {
  type Absence,
  type BatchOutcome,
  type FacetFieldInput,
  type FacetInput,
  type Facets,
  facetFieldOf,
  type ScrollInput,
} from './sets.ts';
export type { CallOptions, KindredOptions, ServiceName, TlsOptions } from './transport.ts';
export type { FileChunks, TrainingInput, Words } from './words.ts';
