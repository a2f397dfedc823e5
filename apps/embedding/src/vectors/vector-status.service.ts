import type { ReconcileVectorsRequest, VectorStatus } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import { type CollectionDirectory, type CollectionRow, readLayout } from '@kindred/vector-index';
import { refOf, wireRoles } from '../models/wire.ts';
import { markBehind } from './collection-models.store.ts';
import { forgetRefusals } from './refusals.store.ts';
import type { Target } from './target.ts';
import type { TargetDirectory } from './target-directory.ts';
import { countLedger, readCondition, readRefusals } from './vector-status.store.ts';

const shownRefusals = 5;

/** What is missing, stale or orphaned, by collection and model; and its repair. */
export class VectorStatusService {
  constructor(
    private readonly database: Database,
    private readonly collections: CollectionDirectory,
    private readonly targets: TargetDirectory,
    /** Called when something was marked for repair. */
    private readonly onMark: () => void,
  ) {}

  /** Of one collection, or for an empty name of all. */
  async status(tenant: string, collection: string): Promise<VectorStatus[]> {
    const rows =
      collection === '' ? await this.collections.list(tenant) : [await this.collections.get(tenant, collection)];
    const statuses: VectorStatus[] = [];
    for (const row of rows) {
      for (const target of await this.targets.of(row)) statuses.push(await this.statusOf(target));
    }
    return statuses;
  }

  /** Marks them; the work is done in the background. Returns what there is to do. */
  async reconcile(tenant: string, request: ReconcileVectorsRequest): Promise<VectorStatus[]> {
    const before = await this.status(tenant, request.collection);
    const { name = '', version = '' } = request.model ?? {};
    const wanted = before.filter(
      ({ model }) => (name === '' || model!.name === name) && (version === '' || model!.version === version),
    );
    for (const { collection, kind, role } of wanted) {
      const row = await this.collections.get(tenant, collection);
      const target = (await this.targets.of(row)).find((one) => one.kind === kind && wireRoles[one.role] === role);
      if (!target) continue;
      await this.database.transaction({ tenant }, async (sql) => {
        if (request.retryRefused) await forgetRefusals(sql, target.model, row.collectionId);
        await markBehind(sql, target);
      });
    }
    this.onMark();
    return wanted;
  }

  private async statusOf(target: Target): Promise<VectorStatus> {
    const { collection, kind, role, model } = target;
    const { tenant, collectionId } = collection;
    const scope = { tenant, readOnly: true, settings: { statement_timeout: '0' } };
    const [counts, condition, refusals] = await this.database.transaction(scope, async (sql) => [
      await countLedger(sql, collectionId, kind, model),
      await readCondition(sql, collectionId, kind, role),
      await readRefusals(sql, collectionId, model, shownRefusals),
    ]);
    return {
      collection: collection.name,
      model: refOf(model),
      role: wireRoles[role],
      kind,
      ...counts,
      method: await this.methodOf(collection, target),
      reconciling: condition.behind,
      reason: condition.reason,
      refusals: refusals.map((one) => ({ itemId: one.item_id, reason: one.reason, refusedAt: one.refused_at })),
    };
  }

  private async methodOf(collection: CollectionRow, { model }: Target): Promise<string> {
    const layout = await readLayout(this.database, collection);
    const index = layout.models.find((one) => one.model.table === model.table)?.index;
    return index ? `vector_${index.method}` : 'vector_exact';
  }
}
