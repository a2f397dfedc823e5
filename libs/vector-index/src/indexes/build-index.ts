import { setTimeout as sleep } from 'node:timers/promises';
import { type Database, type Sql, sqlState } from '@kindred/database';
import { announceCollectionId } from '../collection.store.ts';
import { copyOf } from '../search/layout.store.ts';
import { beginCopy, catchUpCopy, fillCopy, followSegments, indexCopy, swapCopy } from './build-index.store.ts';
import { measureIndex } from './index-recall.ts';
import type { IndexSpec } from './index-spec.ts';
import type { Vectors } from './keep-index.ts';

/** The steps of a build, each a transaction. What an interruption leaves is taken up by the next call. */
export type BuildStep = 'filled' | 'indexed' | 'measured' | 'caught up' | 'swapped';

/** Nobody waits longer than this behind a step that locks; it is tried again after a pause. */
const lockTimeout = '300ms';
const attempts = 100;
const pauseMs = 300;
/** A swap with fewer changes left than this is short. */
export const smallCatchUp = 500n;
export const catchUpRounds = 10;

/**
 * Makes a copy of the collection's vectors with the index and puts it in the place of `seen`, the partition in use. What it
 * finds is measured before anybody is answered by it. Reads and writes go on; writes stop for the moment of the swap. Takes
 * minutes for millions of rows, and room for the copy. False when somebody else replaced `seen` meanwhile.
 */
export async function buildIndex(
  database: Database,
  vectors: Vectors,
  spec: IndexSpec,
  seen: bigint,
  onStep: (step: BuildStep) => void = () => undefined,
): Promise<boolean> {
  const { tenant, collectionId } = vectors;
  const { table } = vectors.model;
  // No deadline of a request or of the pool bounds an index build.
  const patient = { tenant, settings: { statement_timeout: '0' } };
  const step = <Result>(work: (sql: Sql) => Promise<Result>) => database.transaction(patient, work);
  if (!(await retried(database, tenant, (sql) => beginCopy(sql, table, collectionId, spec, seen)))) return false;
  await retried(database, tenant, (sql) => followSegments(sql, table, collectionId, spec));
  if (!(await step((sql) => fillCopy(sql, table, collectionId, spec)))) return false;
  onStep('filled');
  await step((sql) => indexCopy(sql, table, collectionId));
  onStep('indexed');
  await measureIndex(database, vectors, spec, copyOf(table, collectionId));
  onStep('measured');
  for (let round = 0; round < catchUpRounds; round++) {
    const changed = await step((sql) => catchUpCopy(sql, table, collectionId));
    if (changed < smallCatchUp) break;
  }
  onStep('caught up');
  const swapped = await retried(database, tenant, async (sql) => {
    const done = await swapCopy(sql, table, collectionId);
    if (done) await announceCollectionId(sql, collectionId);
    return done;
  });
  if (swapped) onStep('swapped');
  return swapped;
}

/** A step that locks tables, and gives way to whoever holds what it needs. */
export async function retried<Result>(
  database: Database,
  tenant: string,
  work: (sql: Sql) => Promise<Result>,
): Promise<Result> {
  const scope = { tenant, settings: { statement_timeout: '0', lock_timeout: lockTimeout } };
  for (let attempt = 1; ; attempt++) {
    try {
      return await database.transaction(scope, work);
    } catch (error) {
      // 55P03: somebody holds the table; 40P01: or waits for what we hold.
      if (attempt >= attempts || !['55P03', '40P01'].includes(sqlState(error))) throw error;
      await sleep(pauseMs);
    }
  }
}
