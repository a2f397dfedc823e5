import { KindredError } from '@kindred/contracts';
import type { Database, Sql } from '@kindred/database';
import type { ModelPool } from '@kindred/embedder';
import {
  announceCollection,
  type CollectionRow,
  ensureModel,
  type InputKind,
  type ModelTable,
  readRoles,
} from '@kindred/vector-index';
import { countBehind } from '../vectors/changed-items.store.ts';
import { addModel, lockRoles } from '../vectors/collection-models.store.ts';
import { forgetRefusals } from '../vectors/refusals.store.ts';
import type { Target } from '../vectors/target.ts';
import {
  countRefusals,
  deleteAllVectors,
  findOldStandards,
  isBehind,
  moveRoles,
  removeRole,
  swapRoles,
} from './model-switch.store.ts';

export interface Switched {
  active: ModelTable;
  previous: ModelTable | undefined;
}

/** Which model a collection is searched by, changed in one transaction each. */
export class ModelSwitch {
  constructor(
    private readonly database: Database,
    private readonly models: ModelPool,
  ) {}

  /** The next model becomes the active one. Throws MIGRATION_NOT_POSSIBLE while its vectors are not complete. */
  activate(collection: CollectionRow, wanted: ModelTable | undefined, acceptRefused: boolean): Promise<Switched> {
    return this.change(collection, async (sql) => {
      const { kind, model } = await nextOf(sql, collection, wanted);
      await checkComplete(sql, collection, { kind, model, acceptRefused });
      await moveRoles(sql, collection.collectionId, kind);
      return kind;
    });
  }

  /** The previous model becomes the active one again, and the active one the previous. */
  rollback(collection: CollectionRow): Promise<Switched> {
    return this.change(collection, async (sql) => {
      const roles = await readRoles(sql, collection.collectionId);
      const previous = roles.find(({ role }) => role === 'previous');
      if (!previous) {
        const message = `"${collection.name}" has no model to go back to: it was dropped, or there never was another`;
        throw new KindredError('MIGRATION_NOT_POSSIBLE', 'collection', message);
      }
      await checkComplete(sql, collection, { ...previous, acceptRefused: true });
      await swapRoles(sql, collection.collectionId, previous.kind);
      return previous.kind;
    });
  }

  /** Deletes the vectors of a model that is not searched: the previous one, or one on its way in. Returns how many. */
  async drop(collection: CollectionRow, wanted: ModelTable): Promise<bigint> {
    const { tenant, collectionId, name } = collection;
    return this.database.transaction({ tenant, settings: { statement_timeout: '0' } }, async (sql) => {
      await lockRoles(sql, collectionId, 'update');
      const roles = await readRoles(sql, collectionId);
      const found = roles.filter(({ model }) => model.table === wanted.table);
      const searched = found.some(({ role }) => role === 'active');
      if (found.length === 0 || searched) {
        const why = searched ? 'it is what it is searched by; migrate to another first' : 'it has no vectors of it';
        const message = `"${name}" cannot drop ${wanted.name} ${wanted.version}: ${why}`;
        throw new KindredError('MIGRATION_NOT_POSSIBLE', 'model', message);
      }
      for (const one of found) await removeRole(sql, collectionId, one);
      await forgetRefusals(sql, wanted, collectionId);
      await announceCollection(sql, name);
      return deleteAllVectors(sql, collectionId, wanted);
    });
  }

  /** Collections on a built-in model that this release replaced are moved to the new one by themselves. */
  async adoptNewStandard(): Promise<void> {
    const { identity } = this.models.standard;
    for (const { tenant_id: tenant, collection_id: collectionId } of await findOldStandards(this.database, identity)) {
      const model = await ensureModel(this.database, tenant, identity);
      await this.database.transaction({ tenant }, async (sql) => {
        await lockRoles(sql, collectionId, 'update');
        await addModel(sql, collectionId, { kind: 'text', role: 'next', model }, { automatic: true });
      });
    }
  }

  /** What moves by itself and is complete is searched from now on; the old vectors go, since nothing can make such ones. */
  async switchIfAutomatic(target: Target): Promise<void> {
    if (target.role !== 'next' || !target.automatic) return;
    const { previous } = await this.activate(target.collection, target.model, true);
    if (previous) await this.drop(target.collection, previous);
  }

  private async change(collection: CollectionRow, work: (sql: Sql) => Promise<InputKind>): Promise<Switched> {
    const { tenant, collectionId, name } = collection;
    return this.database.transaction({ tenant, settings: { statement_timeout: '0' } }, async (sql) => {
      await lockRoles(sql, collectionId, 'update');
      const kind = await work(sql);
      await announceCollection(sql, name);
      const roles = await readRoles(sql, collectionId);
      const of = (wanted: string) => roles.find((one) => one.kind === kind && one.role === wanted)?.model;
      return { active: of('active')!, previous: of('previous') };
    });
  }
}

async function nextOf(sql: Sql, { collectionId, name }: CollectionRow, wanted: ModelTable | undefined) {
  const roles = await readRoles(sql, collectionId);
  const next = roles.find(({ role, model }) => role === 'next' && (!wanted || model.table === wanted.table));
  if (next) return next;
  const active = roles.some(({ role, model }) => role === 'active' && model.table === wanted?.table);
  const named = wanted ? `${wanted.name} ${wanted.version}` : 'another model';
  const message = active
    ? `"${name}" is searched by ${named} already`
    : `"${name}" has no vectors of ${named} yet; begin with StartMigration`;
  throw new KindredError('MIGRATION_NOT_POSSIBLE', 'model', message);
}

interface Candidate {
  kind: InputKind;
  model: ModelTable;
  acceptRefused: boolean;
}

async function checkComplete(
  sql: Sql,
  { collectionId, name }: CollectionRow,
  { kind, model, acceptRefused }: Candidate,
): Promise<void> {
  const missing = await countBehind(sql, collectionId, kind, model);
  if (missing > 0n || (await isBehind(sql, collectionId, model))) {
    const what = missing > 0n ? `${missing} vectors are missing or stale` : 'its vectors are still being checked';
    const message = `"${name}" cannot be searched by ${model.name} ${model.version} yet: ${what}; wait until it is ready`;
    throw new KindredError('MIGRATION_NOT_POSSIBLE', 'model', message);
  }
  const refused = acceptRefused ? 0n : await countRefusals(sql, collectionId, model);
  if (refused === 0n) return;
  const message = `${model.name} ${model.version} refused ${refused} items of "${name}"; mend them, or set accept_refused`;
  throw new KindredError('MIGRATION_NOT_POSSIBLE', 'accept_refused', message);
}
