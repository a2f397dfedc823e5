import { isDeepStrictEqual } from 'node:util';
import type { Database, Sql } from '@kindred/database';
import type { IndexSettings } from './collection.store.ts';
import { catchUpRounds, retried, smallCatchUp } from './indexes/build-index.ts';
import { type Due, indexFrom } from './indexes/index-due.ts';
import { declaredSettings, dueIn, examineIndex, keepIndex, type Vectors } from './indexes/keep-index.ts';
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
/** All vectors are counted for this. */
const examineEveryMs = 60_000;
/** Below this any plan is quick. */
const statisticsFrom = 200;
const checks = new WeakMap<Database, Map<string, number>>();

/**
 * Promotes the collection when it has grown past the threshold, and builds its vector index anew when that is not what
 * is declared or has bloated; writers call it after a batch. Looks at most once a second per collection and process, once
 * a minute where there is an index, and at once after a change of the settings. Do not await it inside a batch that must
 * be quick: a promotion takes as long as its index build. Why it built something, or false.
 */
export async function promoteWhenLarge(
  database: Database,
  tenant: string,
  collectionId: number,
  what: Promotable,
  index: IndexSettings = { kind: 'auto' },
): Promise<BuildReason | false> {
  const seen = checks.get(database) ?? new Map<string, number>();
  checks.set(database, seen);
  const key = `${tableOf(what)}/${collectionId}/${JSON.stringify(index)}`;
  if ((seen.get(key) ?? 0) > performance.now()) return false;
  seen.set(key, Number.POSITIVE_INFINITY);
  let pause = checkEveryMs;
  try {
    const checked = await check(database, tenant, collectionId, what, index);
    pause = checked.pause;
    return checked.built;
  } finally {
    seen.set(key, performance.now() + pause);
  }
}

export type BuildReason = Due['reason'] | 'asked';

interface Checked {
  built: BuildReason | false;
  /** Milliseconds until the next look. */
  pause: number;
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
  if (!dueIn(database, vectors, index, state) && !state.copying) return { built: false, pause };
  // What is in use is only replaced by what is declared now, not by what a cache has.
  const stale = state.oid !== undefined && !isDeepStrictEqual(await declaredSettings(database, vectors), index);
  if (stale) return { built: false, pause: checkEveryMs };
  return { built: (await keepIndex(database, vectors, index)) ?? false, pause: examineEveryMs };
}

async function count(sql: Sql, table: string, collectionId: number, most: number): Promise<number> {
  const rows = await countUpTo(sql, table, collectionId, most);
  if (rows >= statisticsFrom) await refreshStatistics(sql, table, rows);
  return rows;
}

const tableOf = (what: Promotable) => (what === 'documents' ? what : what.table);
