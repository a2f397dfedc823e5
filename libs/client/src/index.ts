export { type ClientErrorCode, KindredClientError } from './client-error.ts';
export type { Collections } from './collections.ts';
export type { Datasets } from './datasets.ts';
export type { DeadLetters } from './dead-letters.ts';
export type { Draft } from './draft.ts';
export {
  and,
  type Bounds,
  eq,
  exists,
  type FilterValue,
  not,
  oneOf,
  or,
  prefix,
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
export type { CollectionInfo, ItemOutcome, MigrationInfo, ModelInfo, VectorInfo, WriteOutcome } from './results.ts';
export type { CallOptions, KindredOptions, ServiceName, TlsOptions } from './transport.ts';
export type { FileChunks, TrainingInput, Words } from './words.ts';
