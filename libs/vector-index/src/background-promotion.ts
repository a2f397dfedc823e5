import type { Database } from '@kindred/database';
import type { CollectionRow } from './collection.store.ts';
import { type Promotable, promoteWhenLarge } from './promotion.ts';

/**
 * Runs promotions beside the writes that make them due. A promotion that fails, or that the end of the process cuts
 * short, is started again by a later write: `promote` is safe to repeat.
 */
export class BackgroundPromotion {
  constructor(
    private readonly database: Database,
    private readonly log: (event: { collection: string; error?: unknown }) => void,
  ) {}

  /** Call after vectors or documents were written, outside the transaction. */
  consider({ tenant, collectionId, name, index }: CollectionRow, what: Promotable): void {
    promoteWhenLarge(this.database, tenant, collectionId, what, index).then(
      (promoted) => promoted && this.log({ collection: name }),
      (error: unknown) => this.log({ collection: name, error }),
    );
  }
}
