import type { Database } from '@kindred/database';
import { type IndexSettings, readIndexSettings } from '../collection.store.ts';
import type { ModelTable } from '../models/model.store.ts';
import { partitionOf } from '../search/layout.store.ts';
import { dropCopy } from './build-index.store.ts';
import { type BuildStep, buildIndex } from './build-index.ts';
import { type Due, indexDue, indexFor } from './index-due.ts';
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

/** What is to be built; undefined where the index is as declared and sound. */
export function dueIn(
  database: Database,
  { model }: Vectors,
  settings: IndexSettings,
  state: PartitionState,
): Due | undefined {
  const { dimensions, element } = model;
  return indexDue(usable(database, settings), state, { dimensions, element, rows: state.rows });
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
  const { dimensions, element } = vectors.model;
  const spec = due?.spec ?? indexFor(usable(database, settings), { dimensions, element, rows: state.rows });
  const part = { ...vectors, table: vectors.model.table };
  const built = await buildIndex(database, part, spec, state.oid, onStep);
  return built ? (due?.reason ?? 'asked') : undefined;
}

/** Rows that are deleted by now must not stay in a copy that nobody finishes. */
const discard = (database: Database, { tenant, collectionId, model }: Vectors) =>
  database.transaction({ tenant }, (sql) => dropCopy(sql, model.table, collectionId));

/** Declared settings as they are now, not as a cache has them: an index is not built back and forth. */
export const declaredSettings = (database: Database, { tenant, collectionId }: Vectors) =>
  database.transaction({ tenant, readOnly: true }, (sql) => readIndexSettings(sql, collectionId));
