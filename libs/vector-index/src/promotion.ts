import { setTimeout as sleep } from 'node:timers/promises';
import { type Database, type Sql, sqlState } from '@kindred/database';
import type { IndexSettings } from './collection.store.ts';
import type { ModelTable } from './models/model.store.ts';
import {
  attachPartition,
  buildPartition,
  catchUpPartition,
  countUpTo,
  type PartitionIndex,
  refreshStatistics,
} from './promotion.store.ts';
import { bm25From, hnswFrom } from './thresholds.ts';

/** The lexical documents of a collection, or its vectors of one model. */
export type Promotable = 'documents' | ModelTable;

/** Measured on 100k x 384: more links than 16 cost no bytes and gain recall. */
const defaultHnsw = { m: 24, efConstruction: 128 };

/** Nobody waits longer than this behind the swap; it is tried again after a pause. */
const lockTimeout = '300ms';
const swapAttempts = 100;
const swapPauseMs = 300;
/** A swap with fewer changes left than this is short. */
const smallCatchUp = 500n;
const catchUpRounds = 10;

/**
 * Gives a collection a partition of its own with an index: HNSW for vectors, BM25 (GIN where the server lacks
 * pg_textsearch) for documents. Reads and writes go on; they stop for the moment of the swap. Takes minutes for
 * millions of rows. Safe to call again at any time, by several processes at once and after a crash. False when nothing
 * was left to do.
 */
export async function promote(
  database: Database,
  tenant: string,
  collectionId: number,
  what: Promotable,
  index: IndexSettings = { kind: 'auto' },
): Promise<boolean> {
  const table = tableOf(what);
  // No deadline of a request or of the pool bounds an index build.
  const patient = { tenant, settings: { statement_timeout: '0' } };
  const settings = indexOf(database, what, index);
  const built = await database.transaction(patient, (sql) => buildPartition(sql, table, collectionId, settings));
  if (!built) return false;
  for (let round = 0; round < catchUpRounds; round++) {
    const changed = await database.transaction(patient, (sql) => catchUpPartition(sql, table, collectionId));
    if (changed < smallCatchUp) break;
  }
  await swap(database, tenant, collectionId, table);
  return true;
}

async function swap(database: Database, tenant: string, collectionId: number, table: string): Promise<void> {
  const scope = { tenant, settings: { statement_timeout: '0', lock_timeout: lockTimeout } };
  for (let attempt = 1; ; attempt++) {
    try {
      return await database.transaction(scope, (sql) => attachPartition(sql, table, collectionId));
    } catch (error) {
      // 55P03: somebody holds the table; 40P01: or waits for what we hold.
      if (attempt >= swapAttempts || !['55P03', '40P01'].includes(sqlState(error))) throw error;
      await sleep(swapPauseMs);
    }
  }
}

const checkEveryMs = 1_000;
/** Below this any plan is quick. */
const statisticsFrom = 200;
const checks = new WeakMap<Database, Map<string, number>>();

/**
 * Promotes the collection when it has grown past the threshold; writers call it after a batch. Looks at most once a
 * second per collection and process, and never again after the promotion. Do not await it inside a batch that must
 * be quick: a promotion takes as long as its index build. True when it promoted.
 */
export async function promoteWhenLarge(
  database: Database,
  tenant: string,
  collectionId: number,
  what: Promotable,
  index: IndexSettings = { kind: 'auto' },
): Promise<boolean> {
  const from = thresholdOf(database, what, index);
  const seen = checks.get(database) ?? new Map<string, number>();
  checks.set(database, seen);
  const key = `${tableOf(what)}/${collectionId}`;
  if ((seen.get(key) ?? 0) > performance.now()) return false;
  seen.set(key, Number.POSITIVE_INFINITY);
  try {
    const rows = await database.transaction({ tenant }, (sql) =>
      count(sql, tableOf(what), collectionId, from ?? hnswFrom),
    );
    if (from !== undefined && rows >= from) return await promote(database, tenant, collectionId, what, index);
  } catch (error) {
    seen.set(key, performance.now() + checkEveryMs);
    throw error;
  }
  seen.set(key, performance.now() + checkEveryMs);
  return false;
}

async function count(sql: Sql, table: string, collectionId: number, most: number): Promise<number> {
  const rows = await countUpTo(sql, table, collectionId, most);
  if (rows >= statisticsFrom) await refreshStatistics(sql, table, rows);
  return rows;
}

const tableOf = (what: Promotable) => (what === 'documents' ? what : what.table);

/** Rows from which an index pays; undefined where none is ever made. */
function thresholdOf(database: Database, what: Promotable, index: IndexSettings): number | undefined {
  if (what === 'documents') return bm25From;
  if (index.kind === 'exact' || database.driver === 'pglite') return undefined;
  return index.kind === 'hnsw' ? 1 : hnswFrom;
}

function indexOf(database: Database, what: Promotable, index: IndexSettings): PartitionIndex {
  const hnsw = { m: index.m ?? defaultHnsw.m, efConstruction: index.efConstruction ?? defaultHnsw.efConstruction };
  if (what === 'documents') return { ...hnsw, method: database.features.textSearch === null ? 'gin' : 'bm25' };
  // Building HNSW in PGlite takes minutes and stops everything else; a scan of what fits there is fast enough.
  return { ...hnsw, method: index.kind === 'exact' || database.driver === 'pglite' ? 'none' : 'hnsw' };
}
