import type { Database } from '@kindred/database';
import { type IndexSettings, readIndexSettings } from '../collection.store.ts';
import type { ModelTable } from '../models/model.store.ts';
import { partitionOf } from '../search/layout.store.ts';
import { hnswFrom } from '../thresholds.ts';
import { dropCopy, ownVectors } from './build-index.store.ts';
import { type BuildStep, buildIndex, retried } from './build-index.ts';
import { type Due, indexDue, indexFor } from './index-due.ts';
import { readIndexRecall } from './index-recall.store.ts';
import { measureIndex } from './index-recall.ts';
import { type PartitionState, readPartition } from './vector-index.store.ts';

/** The vectors of one model that a collection has. */
export interface Vectors {
  tenant: string;
  collectionId: number;
  model: ModelTable;
}

/** Counts the vectors, so any number of them. */
export const examineIndex = (database: Database, { tenant, collectionId, model }: Vectors): Promise<PartitionState> =>
  database.transaction({ tenant, readOnly: true, settings: { statement_timeout: '0' } }, (sql) =>
    readPartition(sql, model, collectionId, partitionOf(model.table, collectionId)),
  );

/** In PGlite building HNSW takes minutes and stops everything else; a scan of what fits there is fast enough. */
const usable = (database: Database, settings: IndexSettings): IndexSettings =>
  database.driver === 'pglite' ? { kind: 'exact' } : settings;

const storedOf = ({ model: { dimensions, element } }: Vectors, { rows, segments }: PartitionState) => ({
  dimensions,
  element,
  rows,
  segments,
});

/** What is to be built; undefined where the index is as declared and sound. */
export function dueIn(
  database: Database,
  vectors: Vectors,
  settings: IndexSettings,
  state: PartitionState,
): Due | undefined {
  return indexDue(usable(database, settings), state, storedOf(vectors, state));
}

/**
 * Builds what is due, and with `force` also what is not: a partition of its own for a small collection, a sound index
 * anew. Why it was built, or undefined where there was nothing to do, or another process did it.
 */
export async function keepIndex(
  database: Database,
  vectors: Vectors,
  settings: IndexSettings,
  { force = false, onStep }: { force?: boolean; onStep?: (step: BuildStep) => void } = {},
): Promise<Due['reason'] | 'asked' | undefined> {
  const state = await examineIndex(database, vectors);
  const due = dueIn(database, vectors, settings, state);
  if (!due && !force) {
    if (state.copying && !state.busy) await discard(database, vectors);
    return undefined;
  }
  const spec = due?.spec ?? indexFor(usable(database, settings), storedOf(vectors, state));
  const seen = state.oid ?? (await separate(database, vectors));
  // Another process is at it.
  if (seen === undefined) return undefined;
  const built = await buildIndex(database, vectors, spec, seen, onStep);
  return built ? (due?.reason ?? 'asked') : undefined;
}

/**
 * Moves vectors that share a partition into one of their own, without an index: while they are few, as all others wait.
 * Its oid; undefined where another process did it.
 */
export const separate = (database: Database, { tenant, collectionId, model }: Vectors): Promise<bigint | undefined> =>
  retried(database, tenant, (sql) => ownVectors(sql, model.table, collectionId));

/** Vectors in an index by those at its latest measurement, from which it is measured again. */
const grown = 1.5;

/** Measures the index in use where that was never done (an earlier release built it, or a backup was restored), or long ago. */
export async function keepMeasured(database: Database, vectors: Vectors, state: PartitionState): Promise<void> {
  const { tenant, collectionId, model } = vectors;
  const indexed = state.rows - state.recentRows;
  if (!state.index || indexed < hnswFrom) return;
  const known = await database.transaction({ tenant, readOnly: true }, (sql) =>
    readIndexRecall(sql, collectionId, model.table),
  );
  if (indexed < grown * (known?.rows ?? 0)) return;
  await measureIndex(database, vectors, state.index.spec, partitionOf(model.table, collectionId));
}

/** Rows that are deleted by now must not stay in a copy that nobody finishes. */
const discard = (database: Database, { tenant, collectionId, model }: Vectors) =>
  retried(database, tenant, (sql) => dropCopy(sql, model.table, collectionId));

/** Declared settings as they are now, not as a cache has them: an index is not built back and forth. */
export const declaredSettings = (database: Database, { tenant, collectionId }: Vectors) =>
  database.transaction({ tenant, readOnly: true }, (sql) => readIndexSettings(sql, collectionId));
