import type { Collection, ErrorDetail, Model, WriteResult } from '@kindred/contracts';
import {
  type AttributeTypeName,
  attributeTypes,
  type IndexKindName,
  indexKinds,
  type ModelStateName,
  modelStates,
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
  index: { kind: Known<IndexKindName>; m?: number; efConstruction?: number; lists?: number } | undefined;
  createdAt: Date | undefined;
  updatedAt: Date | undefined;
  items: bigint;
}

export interface ModelInfo extends Omit<Model, 'state'> {
  state: Known<ModelStateName>;
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
  index: collection.index && { ...collection.index, kind: indexKinds.name(collection.index.kind) },
  createdAt: collection.createdAt,
  updatedAt: collection.updatedAt,
});

export const modelInfoOf = (model: Model): ModelInfo => ({ ...model, state: modelStates.name(model.state) });

/** The message the contract promises to be there. */
export function present<Message>(message: Message | undefined, name: string): Message {
  if (message === undefined) throw new Error(`the server left out ${name}; is it as new as this client?`);
  return message;
}
