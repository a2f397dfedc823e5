import type { CollectionInput } from './inputs.ts';
import type { KindredClient } from './kindred-client.ts';
import { collectionOf } from './requests.ts';
import { type CollectionInfo, collectionInfoOf, present } from './results.ts';
import type { CallOptions } from './transport.ts';

export interface Collections {
  /** Declares a collection, or changes it. */
  put(collection: CollectionInput, options?: CallOptions): Promise<CollectionInfo>;
  get(name: string, options?: CallOptions): Promise<CollectionInfo>;
  list(options?: CallOptions): Promise<CollectionInfo[]>;
  /** Deletes a collection with everything in it. Resolves to how many items that were. */
  delete(name: string, options?: CallOptions): Promise<bigint>;
}

export function collectionsOf({ catalog }: KindredClient): Collections {
  return {
    async put(collection, options) {
      const answer = await catalog.putCollection({ collection: collectionOf(collection) }, options);
      return collectionInfoOf(present(answer.collection, 'the collection'));
    },
    async get(name, options) {
      return collectionInfoOf(present((await catalog.getCollection({ name }, options)).collection, 'the collection'));
    },
    async list(options) {
      return (await catalog.listCollections({}, options)).collections.map(collectionInfoOf);
    },
    async delete(name, options) {
      return (await catalog.deleteCollection({ name }, options)).deletedItems;
    },
  };
}
