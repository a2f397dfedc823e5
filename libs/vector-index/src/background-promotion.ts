import type { Database } from '@kindred/database';
import type { CollectionRow } from './collection.store.ts';
import { type BuildReason, type Promotable, promoteWhenLarge } from './promotion.ts';

/**
 * Runs promotions beside the writes that make them due. A promotion that fails, or that the end of the process cuts
 * short, is started again by a later write: `promote` is safe to repeat.
 */
export class BackgroundPromotion {
  constructor(
    private readonly database: Database,
    private readonly log: (event: { collection: string; reason?: BuildReason; error?: unknown }) => void,
  ) {}

  /** Call after vectors or documents were written, outside the transaction. */
  consider(collection: CollectionRow, what: Promotable): void {
    void this.look(collection, what);
  }

  /** The same, until what is due is built. Never throws: what failed is logged. */
  async look({ tenant, collectionId, name, index }: CollectionRow, what: Promotable): Promise<void> {
    try {
      const reason = await promoteWhenLarge(this.database, tenant, collectionId, what, index);
      if (reason) this.log({ collection: name, reason });
    } catch (error) {
      this.log({ collection: name, error });
    }
  }
}
