import type {
  Collection,
  ErrorDetail,
  Migration,
  Model,
  SearchSettings,
  TextSuggestion,
  VectorStatus,
  WriteResult,
} from '@kindred/contracts';
import type { IndexInput } from './inputs.ts';
import {
  type AttributeTypeName,
  attributeTypes,
  type DistanceName,
  distances,
  type IndexElementName,
  type IndexKindName,
  indexElements,
  indexKinds,
  type MigrationStateName,
  type ModelRoleName,
  type ModelStateName,
  migrationStates,
  modelRoles,
  modelStates,
  type SuggestionName,
  suggestionKinds,
  unknownAttributes,
  type WriteStatusName,
  writeStatuses,
} from './names.ts';

type Known<Name> = Name | 'unspecified';

/** What became of one write. */
export interface WriteOutcome {
  id: string;
  /** "stale": a newer revision is stored; "pending": durable, but not completed in time. */
  status: Known<WriteStatusName>;
  revision: bigint | undefined;
  /** Of a rejected one: what is wrong, in which field, and the way out. */
  error: ErrorDetail | undefined;
}

export interface ItemOutcome extends WriteOutcome {
  /** Place of the item in what was given. */
  index: number;
}

export interface CollectionInfo {
  name: string;
  attributes: {
    name: string;
    type: Known<AttributeTypeName>;
    array: boolean;
    filterable: boolean;
    embedded: boolean;
    shown: boolean;
  }[];
  unknownAttributes: Known<'keep' | 'refuse'>;
  model: string;
  imageModel: string;
  soundModel: string;
  expansionModel: string;
  search: SearchSettings | undefined;
  index:
    | (Omit<IndexInput, 'kind' | 'distance' | 'element'> & {
        kind: Known<IndexKindName>;
        distance: Known<DistanceName>;
        element: Known<IndexElementName>;
      })
    | undefined;
  createdAt: Date | undefined;
  updatedAt: Date | undefined;
  items: bigint;
}

/** What a text may become, or may have been meant by. */
export interface SuggestionInfo extends Omit<TextSuggestion, 'kind'> {
  kind: Known<SuggestionName>;
}

export interface ModelInfo extends Omit<Model, 'state'> {
  state: Known<ModelStateName>;
}

/** How far the filling of a collection's next model is. */
export interface MigrationInfo extends Omit<Migration, 'state'> {
  state: Known<MigrationStateName>;
}

/** The vectors of one model in one collection. */
export interface VectorInfo extends Omit<VectorStatus, 'role'> {
  role: Known<ModelRoleName>;
}

export const outcomeOf = ({ id, status, revision, error }: WriteResult): WriteOutcome => ({
  id,
  status: writeStatuses.name(status),
  revision,
  error,
});

export const collectionInfoOf = (collection: Collection): CollectionInfo => ({
  ...collection,
  attributes: collection.attributes.map(({ shown = true, type, ...one }) => ({
    ...one,
    shown,
    type: attributeTypes.name(type),
  })),
  unknownAttributes: unknownAttributes.name(collection.unknownAttributes),
  search: collection.search,
  index: collection.index && {
    ...collection.index,
    kind: indexKinds.name(collection.index.kind),
    distance: distances.name(collection.index.distance),
    element: indexElements.name(collection.index.element),
  },
  createdAt: collection.createdAt,
  updatedAt: collection.updatedAt,
});

export const suggestionInfoOf = (one: TextSuggestion): SuggestionInfo => ({
  ...one,
  kind: suggestionKinds.name(one.kind),
});

export const modelInfoOf = (model: Model): ModelInfo => ({ ...model, state: modelStates.name(model.state) });

export const migrationInfoOf = (migration: Migration): MigrationInfo => ({
  ...migration,
  state: migrationStates.name(migration.state),
});

export const vectorInfoOf = (status: VectorStatus): VectorInfo => ({ ...status, role: modelRoles.name(status.role) });

/** The message the contract promises to be there. */
export function present<Message>(message: Message | undefined, name: string): Message {
  if (message === undefined) throw new Error(`the server left out ${name}; is it as new as this client?`);
  return message;
}
