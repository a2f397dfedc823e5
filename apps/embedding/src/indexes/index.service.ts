import { IndexState, type VectorIndex } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import type { Log } from '@kindred/runtime';
import {
  bloatOf,
  type CollectionDirectory,
  dueIn,
  examineIndex,
  fieldName,
  type IndexRecall,
  type IndexSpec,
  keepIndex,
  type PartitionState,
  readIndexRecall,
  readProgress,
} from '@kindred/vector-index';
import { refOf, wireRoles } from '../models/wire.ts';
import type { Target } from '../vectors/target.ts';
import type { TargetDirectory } from '../vectors/target-directory.ts';

export interface IndexParts {
  database: Database;
  collections: CollectionDirectory;
  targets: TargetDirectory;
  log: Log;
}

/** Shows the vector indexes of collections and builds them anew when asked to. */
export class IndexService {
  private readonly building = new Set<string>();

  constructor(private readonly parts: IndexParts) {}

  /** Of one collection, or for an empty name of all. */
  async list(tenant: string, name: string): Promise<VectorIndex[]> {
    const indexes: VectorIndex[] = [];
    for (const target of await this.targetsOf(tenant, name)) indexes.push(await this.describe(target));
    return indexes;
  }

  /** Begins to build them anew, and answers what they are now. One that is being built already is left to it. */
  async rebuild(tenant: string, name: string): Promise<VectorIndex[]> {
    const row = await this.parts.collections.get(tenant, name);
    const targets = await this.parts.targets.of(row);
    const before: VectorIndex[] = [];
    for (const target of targets) before.push(await this.describe(target));
    const idle = targets.filter((target) => !this.building.has(keyOf(target)));
    for (const target of idle) this.building.add(keyOf(target));
    // One after the other: two builds at once take twice the memory.
    void idle.reduce((done, target) => done.then(() => this.build(target)), Promise.resolve());
    return before;
  }

  private async targetsOf(tenant: string, name: string): Promise<Target[]> {
    const { collections, targets } = this.parts;
    const rows = name === '' ? await collections.list(tenant) : [await collections.get(tenant, name)];
    return (await Promise.all(rows.map((row) => targets.of(row)))).flat();
  }

  private async build(target: Target): Promise<void> {
    const { database, log } = this.parts;
    const fields = { collection: target.collection.name, model: target.model.name };
    try {
      // Embedded PostgreSQL has no vector index that could be built.
      if (database.driver === 'pglite') return;
      const reason = await keepIndex(database, vectorsOf(target), target.collection.index, { force: true });
      log.info({ ...fields, reason }, reason ? 'vector index built' : 'another process built the vector index');
    } catch (error) {
      log.warn({ ...fields, err: error }, 'no index was built');
    } finally {
      this.building.delete(keyOf(target));
    }
  }

  private async describe(target: Target): Promise<VectorIndex> {
    const { database } = this.parts;
    const { collection, role, kind, model } = target;
    const vectors = vectorsOf(target);
    const state = await examineIndex(database, vectors);
    const { collectionId, tenant } = collection;
    const { progress, recall } = await database.transaction({ tenant, readOnly: true }, async (sql) => ({
      progress: await readProgress(sql, model.table, collectionId),
      recall: await readIndexRecall(sql, collectionId, model.table),
    }));
    const spec: IndexSpec = state.index?.spec ?? { method: 'none' };
    const due = dueIn(database, vectors, collection.index, state);
    const busy = state.busy || progress !== undefined || this.building.has(keyOf(target));
    const stage = busy
      ? IndexState.INDEX_STATE_BUILDING
      : due
        ? IndexState.INDEX_STATE_DUE
        : IndexState.INDEX_STATE_READY;
    const named = { collection: collection.name, model: refOf(model), role: wireRoles[role], kind };
    const { bloat } = bloatOf(state, spec, model.dimensions);
    const { phase = '', done = 0, total = 0 } = progress ?? {};
    const progressed = { phase, done: BigInt(done), total: BigInt(total) };
    return {
      ...named,
      ...onWire(spec),
      ...sizes(state),
      bloat,
      state: stage,
      reason: due?.reason ?? '',
      ...progressed,
      recall: recall && recallOnWire(recall),
      segments: segmentsOnWire(state),
      segmentsAsAsked: collection.index.segments === undefined && (state.index?.segments ?? []).length > 0,
    };
  }
}

const vectorsOf = ({ collection: { tenant, collectionId }, model }: Target) => ({ tenant, collectionId, model });

const keyOf = ({ collection, model }: Target) => `${collection.tenant}/${collection.collectionId}/${model.table}`;

function onWire(spec: IndexSpec) {
  if (spec.method === 'none') return { method: 'none', element: '', distance: '' };
  const { method, element, distance } = spec;
  if (spec.method === 'ivfflat') return { method, element, distance, lists: spec.lists };
  return { method, element, distance, m: spec.m, efConstruction: spec.efConstruction };
}

const recallOnWire = ({ points, rows, ...recall }: IndexRecall) => ({
  ...recall,
  breadths: points,
  rows: BigInt(rows),
});

const segmentsOnWire = ({ index }: PartitionState) =>
  (index?.segments ?? []).map(({ field, value, rows, bytes }) => ({
    field: fieldName(field),
    value: JSON.stringify(value),
    rows: BigInt(rows),
    bytes: BigInt(bytes),
  }));

const sizes = (state: PartitionState) => ({
  rows: BigInt(state.rows),
  recentRows: BigInt(state.recentRows),
  deadRows: BigInt(state.deadRows),
  tableBytes: BigInt(state.tableBytes),
  indexBytes: BigInt(state.indexBytes),
});
