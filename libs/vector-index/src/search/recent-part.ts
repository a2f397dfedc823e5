import { mostEfSearch } from '../indexes/recall-curve.ts';

/** How a search by the main index also sees what was written since that was built (docs/adr/0011). */
export interface RecentSearch {
  /** All of it is looked at, instead of its own small graph. */
  scanned: boolean;
  /** Rows in it, a few seconds ago. */
  rows: number;
  /** Rows of it that are looked at: about. */
  examined: number;
}

/** A third of a millisecond. Its graph costs more where most of it has been moved away: dead rows are met until vacuum. */
const scannedAtMost = 500;

/** `depth`: rows wanted of it. */
export function searchRecent(rows: number, depth: number): RecentSearch {
  const scanned = rows <= scannedAtMost;
  return { scanned, rows, examined: scanned ? rows : Math.min(rows, depth) };
}

/**
 * Breadth by that of the main index alone, within pgvector's bound: the graph with few links misses more for the same, so it
 * grows with the share of the vectors that are in it. Measured: docs/adr/0011.
 */
export function besideRecent(alone: number, recent: RecentSearch | undefined, items: number): number {
  if (!recent || recent.scanned) return Math.min(mostEfSearch, alone);
  return Math.min(mostEfSearch, Math.ceil(alone * (1 + recent.rows / Math.max(recent.rows, items))));
}
