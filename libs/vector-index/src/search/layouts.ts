import type { Database } from '@kindred/database';
import type { CollectionRow } from '../collection.store.ts';
import type { CollectionDirectory } from '../collection-directory.ts';
import { Refreshed } from '../refreshed.ts';
import { type Layout, readLayout } from './layout.store.ts';

/** How collections are stored, cached. Counting their items costs at most 1 % of the time. */
export class Layouts {
  private readonly known = new Refreshed<Layout>({ freshForMs: 2_000, dutyFactor: 100 });

  constructor(
    private readonly database: Database,
    directory: CollectionDirectory,
  ) {
    directory.onChange((key) => this.known.forget(key));
  }

  of(collection: CollectionRow): Promise<Layout> {
    return this.known.of(keyOf(collection), collection.collectionId, () => readLayout(this.database, collection));
  }

  /** Read now, for what the old layout lacks. */
  reload(collection: CollectionRow): Promise<Layout> {
    return this.known.load(keyOf(collection), collection.collectionId, () => readLayout(this.database, collection));
  }
}

const keyOf = ({ tenant, name }: CollectionRow) => `${tenant}/${name}`;
