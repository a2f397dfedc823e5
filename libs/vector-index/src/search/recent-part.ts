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
 * Breadth by that of the main index alone: the graph with few links misses more for the same, so it grows with the share
 * of the vectors that are in it. Measured: docs/adr/0011.
 */
export const besideRecent = (efSearch: number, { scanned, rows }: RecentSearch, items: number): number =>
  scanned ? efSearch : Math.ceil(efSearch * (1 + rows / Math.max(rows, items)));
