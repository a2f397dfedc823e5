import type { CollectionModel, CollectionRow } from '@kindred/vector-index';

/** One model of one collection, whose vectors are to be brought up to date. */
export interface Target extends CollectionModel {
  collection: CollectionRow;
}

export const sameTarget = (left: CollectionModel, right: CollectionModel): boolean =>
  left.kind === right.kind && left.model.name === right.model.name && left.model.version === right.model.version;
