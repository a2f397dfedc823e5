import type { ReconcileVectorsRequest, VectorStatus } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import { type CollectionDirectory, countLedger, readLayout, vectorMethodOf } from '@kindred/vector-index';
import { refOf, wireRoles } from '../models/wire.ts';
import { markBehind } from './collection-models.store.ts';
import { forgetRefusals } from './refusals.store.ts';
import type { Target } from './target.ts';
import type { TargetDirectory } from './target-directory.ts';
import { readCondition, readRefusals } from './vector-status.store.ts';

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
    return (await this.examine(tenant, collection)).map(({ status }) => status);
  }

  /** Marks them; the work is done in the background. Returns what there is to do. */
  async reconcile(tenant: string, request: ReconcileVectorsRequest): Promise<VectorStatus[]> {
    const { name = '', version = '' } = request.model ?? {};
    const examined = await this.examine(tenant, request.collection);
    const wanted = examined.filter(
      ({ target: { model } }) => (name === '' || model.name === name) && (version === '' || model.version === version),
    );
    for (const { target } of wanted) {
      await this.database.transaction({ tenant }, async (sql) => {
        if (request.retryRefused) await forgetRefusals(sql, target.model, target.collection.collectionId);
        await markBehind(sql, target);
      });
    }
    this.onMark();
    return wanted.map(({ status }) => status);
  }

  private async examine(tenant: string, name: string): Promise<{ target: Target; status: VectorStatus }[]> {
    const rows = name === '' ? await this.collections.list(tenant) : [await this.collections.get(tenant, name)];
    const examined: { target: Target; status: VectorStatus }[] = [];
    for (const row of rows) {
      const { models } = await readLayout(this.database, row);
      for (const target of await this.targets.of(row)) {
        const stored = models.find((one) => one.model.table === target.model.table);
        examined.push({
          target,
          status: await this.statusOf(target, stored ? vectorMethodOf(stored) : 'vector_exact'),
        });
      }
    }
    return examined;
  }

  private async statusOf(target: Target, method: string): Promise<VectorStatus> {
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
      method,
      reconciling: condition.behind,
      reason: condition.reason,
      refusals: refusals.map((one) => ({ itemId: one.item_id, reason: one.reason, refusedAt: one.refused_at })),
    };
  }
}
