import type { Database } from '@kindred/database';
import { activeModel, type CollectionRow, type ModelTable, readCollectionModels } from '@kindred/vector-index';

/** A model that took over just now is seen after this long. */
const freshForMs = 2_000;
const mostEntries = 10_000;

/** By which model's vectors the texts of a collection are compared, cached. */
export class Models {
  private readonly cached = new Map<string, { until: number; model: Promise<ModelTable | undefined> }>();

  constructor(private readonly database: Database) {}

  /** Undefined before the first item of the tenant was embedded. */
  of({ tenant, collectionId }: Pick<CollectionRow, 'tenant' | 'collectionId'>): Promise<ModelTable | undefined> {
    const key = `${tenant}/${collectionId}`;
    const known = this.cached.get(key);
    if (known && known.until > performance.now()) return known.model;
    const model = this.read(tenant, collectionId);
    if (this.cached.size >= mostEntries) this.cached.clear();
    this.cached.set(key, { until: performance.now() + freshForMs, model });
    model.catch(() => this.cached.delete(key));
    return model;
  }

  private async read(tenant: string, collectionId: number): Promise<ModelTable | undefined> {
    const scope = { tenant, readOnly: true };
    return activeModel(
      await this.database.transaction(scope, (sql) => readCollectionModels(sql, collectionId)),
      'text',
    );
  }
}
