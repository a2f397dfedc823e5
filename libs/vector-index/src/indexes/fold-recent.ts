import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '@kindred/database';
import { countSettled, moveRecent } from './fold-recent.store.ts';
import type { Vectors } from './keep-index.ts';

/** What is written again soon is not moved in between. */
const settledAfterSeconds = 60;
/** A tenth of a second of processor time. */
const perSlice = 50;
/** A look ends after these: by then there may be so many that the index is built anew instead. */
const slices = 60;
/** Times as long as a slice took: a quarter of one processor at most. */
const rest = 3;

/**
 * Moves what has settled in the recent part into the index, slice by slice, each a transaction. For what comes in slowly or
 * is left when writes end: while most of it is new, or more comes than could be moved, it waits, and where that goes on it is
 * built in together. Returns how many were moved.
 */
export async function foldRecent(
  database: Database,
  { tenant, collectionId, model }: Vectors,
  seconds = settledAfterSeconds,
): Promise<number> {
  const part = { table: model.table, collectionId };
  const { all, settled } = await database.transaction({ tenant }, (sql) => countSettled(sql, part, seconds));
  // What came in the time of a look: more than one moves, and the part grows all the same.
  if (all - settled > Math.min(settled, perSlice * slices)) return 0;
  let moved = 0;
  for (let slice = 0; slice < slices; slice++) {
    const start = performance.now();
    const now = await database.transaction({ tenant }, (sql) => moveRecent(sql, part, { most: perSlice, seconds }));
    moved += now;
    if (now < perSlice) break;
    await sleep(rest * (performance.now() - start));
  }
  return moved;
}
