import type { Database } from '@kindred/database';
import { listModelTables, type ModelTable } from '@kindred/vector-index';

/** A model that was just registered is seen after this long. */
const freshForMs = 2_000;

/** The models tenants use, cached. */
export class Models {
  private readonly cached = new Map<string, { until: number; models: Promise<ModelTable[]> }>();

  constructor(private readonly database: Database) {}

  /** Newest first; none before the first item of the tenant was embedded. */
  async all(tenant: string): Promise<ModelTable[]> {
    const known = this.cached.get(tenant);
    if (known && known.until > performance.now()) return known.models;
    const models = listModelTables(this.database, tenant);
    this.cached.set(tenant, { until: performance.now() + freshForMs, models });
    models.catch(() => this.cached.delete(tenant));
    return models;
  }

  /** The model with the name, or for an empty name the newest one. */
  async of(tenant: string, name: string): Promise<ModelTable | undefined> {
    return (await this.all(tenant)).find((model) => name === '' || model.name === name);
  }
}
