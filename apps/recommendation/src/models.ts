import type { Database } from '@kindred/database';
import { activeModel, type CollectionRow, type ModelTable, readCollectionModels } from '@kindred/vector-index';
import { FreshFor } from './fresh-for.ts';

/** By which model's vectors the texts of a collection are compared; one that took over just now is seen after 2 s. */
export class Models {
  private readonly cached = new FreshFor<ModelTable | undefined>(2_000);

  constructor(private readonly database: Database) {}

  /** Undefined before the first item of the tenant was embedded. */
  of({ tenant, collectionId }: Pick<CollectionRow, 'tenant' | 'collectionId'>): Promise<ModelTable | undefined> {
    return this.cached.of(`${tenant}/${collectionId}`, () => this.read(tenant, collectionId));
  }

  private async read(tenant: string, collectionId: number): Promise<ModelTable | undefined> {
    const scope = { tenant, readOnly: true };
    return activeModel(
      await this.database.transaction(scope, (sql) => readCollectionModels(sql, collectionId)),
      'text',
    );
  }
}
