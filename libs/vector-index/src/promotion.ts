import { isDeepStrictEqual } from 'node:util';
import type { Database, Sql } from '@kindred/database';
import type { IndexSettings } from './collection.store.ts';
import { catchUpRounds, retried, smallCatchUp } from './indexes/build-index.ts';
import { foldRecent } from './indexes/fold-recent.ts';
import { type Due, indexFrom, rebuiltAt } from './indexes/index-due.ts';
import {
  declaredSettings,
  dueIn,
  examineIndex,
  keepIndex,
  keepMeasured,
  separate,
  type Vectors,
} from './indexes/keep-index.ts';
import { countRecent, type PartitionState } from './indexes/vector-index.store.ts';
import type { ModelTable } from './models/model.store.ts';
import { attachDocuments, buildDocuments, catchUpDocuments, countUpTo, refreshStatistics } from './promotion.store.ts';
import { bm25From, hnswFrom } from './thresholds.ts';

/** The lexical documents of a collection, or its vectors of one model. */
export type Promotable = 'documents' | ModelTable;

/**
 * Gives a collection a partition of its own with an index: the one of its settings for vectors, BM25 (GIN where the
 * server lacks pg_textsearch) for documents; and vectors whose index is another by now get the new one. Reads and writes
 * go on; they stop for the moment of the swap. Takes minutes for millions of rows. Safe to call again at any time, by
 * several processes at once and after a crash. False when nothing was left to do.
 */
export async function promote(
  database: Database,
  tenant: string,
  collectionId: number,
  what: Promotable,
  index: IndexSettings = { kind: 'auto' },
): Promise<boolean> {
  if (what === 'documents') return promoteDocuments(database, tenant, collectionId);
  const vectors = { tenant, collectionId, model: what };
  const { oid } = await examineIndex(database, vectors);
  return (await keepIndex(database, vectors, index, { force: oid === undefined })) !== undefined;
}

async function promoteDocuments(database: Database, tenant: string, collectionId: number): Promise<boolean> {
  // No deadline of a request or of the pool bounds an index build.
  const patient = { tenant, settings: { statement_timeout: '0' } };
  const method = database.features.textSearch === null ? 'gin' : 'bm25';
  if (!(await database.transaction(patient, (sql) => buildDocuments(sql, collectionId, method)))) return false;
  for (let round = 0; round < catchUpRounds; round++) {
    const changed = await database.transaction(patient, (sql) => catchUpDocuments(sql, collectionId));
    if (changed < smallCatchUp) break;
  }
  await retried(database, tenant, (sql) => attachDocuments(sql, collectionId));
  return true;
}

const checkEveryMs = 1_000;
/** What was written since the index was built is counted for this, up to where it matters. */
const countEveryMs = 2_000;
/** All vectors are counted for this. */
const examineEveryMs = 60_000;
/** Below this any plan is quick. */
const statisticsFrom = 200;

interface Looked {
  nextAt: number;
  /** Until then only the recent part is counted: less than this in it, and there is nothing to do. */
  examineAt: number;
  rebuildFrom: number;
}
const checks = new WeakMap<Database, Map<string, Looked>>();

/**
 * Promotes the collection when it has grown past the threshold, and builds its vector index anew when that is not what
 * is declared, has bloated, or leaves too much out; what little it leaves out is moved into it. Writers call this after a
 * batch. Looks at most once a second per collection and process, closely once a minute where there is an index, and at once
 * after a change of the settings. Do not await it inside a batch that must be quick: a promotion takes as long as its
 * index build. Why it built something, or false.
 */
export async function promoteWhenLarge(
  database: Database,
  tenant: string,
  collectionId: number,
  what: Promotable,
  index: IndexSettings = { kind: 'auto' },
): Promise<BuildReason | false> {
  const seen = checks.get(database) ?? new Map<string, Looked>();
  checks.set(database, seen);
  const key = `${tableOf(what)}/${collectionId}/${JSON.stringify(index)}`;
  const before = seen.get(key);
  if (before && before.nextAt > performance.now()) return false;
  seen.set(key, { nextAt: Number.POSITIVE_INFINITY, examineAt: 0, rebuildFrom: 0 });
  let after = { pause: checkEveryMs, examineAt: 0, rebuildFrom: 0 };
  try {
    if (what !== 'documents' && before && (await isCalm(database, { tenant, collectionId, model: what }, before))) {
      after = { ...before, pause: countEveryMs };
      return false;
    }
    const { built, pause, rebuildFrom } = await check(database, tenant, collectionId, what, index);
    after = rebuildFrom
      ? { pause: countEveryMs, examineAt: performance.now() + pause, rebuildFrom }
      : { ...after, pause };
    return built;
  } finally {
    seen.set(key, { nextAt: performance.now() + after.pause, ...after });
  }
}

export type BuildReason = Due['reason'] | 'asked';

interface Checked {
  built: BuildReason | false;
  /** Milliseconds until the next close look. */
  pause: number;
  /** Vectors in the recent part that are worth one before; absent where there is no such part. */
  rebuildFrom?: number;
}

async function isCalm(
  database: Database,
  { tenant, collectionId, model }: Vectors,
  { examineAt, rebuildFrom }: Looked,
): Promise<boolean> {
  if (examineAt < performance.now()) return false;
  const scope = { tenant, readOnly: true };
  const count = (sql: Sql) => countRecent(sql, model.table, collectionId, rebuildFrom);
  return (await database.transaction(scope, count)) < rebuildFrom;
}

async function check(
  database: Database,
  tenant: string,
  collectionId: number,
  what: Promotable,
  index: IndexSettings,
): Promise<Checked> {
  const from = what === 'documents' ? bm25From : (indexFrom(index) ?? hnswFrom);
  const rows = await database.transaction({ tenant }, (sql) => count(sql, tableOf(what), collectionId, from));
  if (what !== 'documents') return checkVectors(database, { tenant, collectionId, model: what }, index);
  if (rows < bm25From) return { built: false, pause: checkEveryMs };
  const built = await promoteDocuments(database, tenant, collectionId);
  return { built: built && 'large', pause: Number.POSITIVE_INFINITY };
}

async function checkVectors(database: Database, vectors: Vectors, index: IndexSettings): Promise<Checked> {
  if (database.driver === 'pglite') return { built: false, pause: checkEveryMs };
  const state = await examineIndex(database, vectors);
  const pause = state.oid === undefined && state.rows < hnswFrom ? checkEveryMs : examineEveryMs;
  if (!dueIn(database, vectors, index, state) && !state.copying) {
    if (state.oid === undefined && state.rows >= hnswFrom) await separate(database, vectors);
    if (state.recentRows > 0) await foldRecent(database, vectors);
    await keepMeasured(database, vectors, state);
    return { built: false, pause, rebuildFrom: rebuildFromOf(state) };
  }
  // What is in use is only replaced by what is declared now, not by what a cache has.
  const stale = state.oid !== undefined && !isDeepStrictEqual(await declaredSettings(database, vectors), index);
  if (stale) return { built: false, pause: checkEveryMs };
  // What came meanwhile may be enough for the next build.
  return { built: (await keepIndex(database, vectors, index)) ?? false, pause: checkEveryMs };
}

/** Where the index leaves a recent part out. */
function rebuildFromOf({ index, rows }: PartitionState): number | undefined {
  return index?.spec.method === 'hnsw' && index.spec.recent ? Math.ceil(rebuiltAt(rows)) : undefined;
}

async function count(sql: Sql, table: string, collectionId: number, most: number): Promise<number> {
  const rows = await countUpTo(sql, table, collectionId, most);
  if (rows >= statisticsFrom) await refreshStatistics(sql, table, rows);
  return rows;
}

const tableOf = (what: Promotable) => (what === 'documents' ? what : what.table);
