import type { Database } from '@kindred/database';
import type { Settings } from '../settings.ts';
import { breather } from './breather.ts';
import { defaultNeighborOptions, NeighborFinder } from './neighbors.ts';
import { PairTable } from './pair-table.ts';
import { popularityOf } from './popularity.ts';
import {
  keepClaim,
  type NeighborsRow,
  readPageEnd,
  readPairs,
  removeOrphanedTastes,
  replaceNeighbors,
  replacePopularity,
  type Wanted,
} from './rebuild.store.ts';

/** A page ends with an item, so a very popular one makes a longer page. */
const eventsPerPage = 5_000;
/** Small transactions: in embedded mode requests wait for them. Each item's list is whole at any moment. */
const itemsPerTransaction = 250;

export interface RebuildRun {
  database: Database;
  wanted: Wanted;
  claim: string;
  settings: Settings;
  signal: AbortSignal;
}

/** Makes neighbors and popularity of one collection anew from its interaction rows. Throws when the lease was lost. */
export async function rebuild(run: RebuildRun): Promise<{ pairs: number; items: number }> {
  const pairs = await readAll(run);
  const pause = breather();
  const popularity = await popularityOf(pairs, run.settings.popularityHalfLifeDays, pause);
  const finder = await NeighborFinder.over(pairs, defaultNeighborOptions, pause);
  const items = pairs.itemIds.length;
  for (let from = 0; from < items || from === 0; from += itemsPerTransaction) {
    const to = Math.min(from + itemsPerTransaction, items);
    const neighbors: NeighborsRow[] = [];
    for (let item = from; item < to; item++) {
      const found = await finder.of(item);
      const neighbor_ids = found.items.map((other) => pairs.itemIds[other]!);
      if (neighbor_ids.length > 0)
        neighbors.push({ item_id: pairs.itemIds[item]!, neighbor_ids, scores: found.scores });
      await pause();
    }
    await write(run, { pairs, popularity, neighbors, from, to });
  }
  await removeOrphanedTastes(run.database, run.wanted);
  return { pairs: pairs.owners.length, items };
}

async function readAll({ database, wanted, settings, signal }: RebuildRun): Promise<PairTable> {
  const pairs = new PairTable();
  for (let after = ''; ; ) {
    signal.throwIfAborted();
    const to = await readPageEnd(database, wanted, after, eventsPerPage);
    if (to === undefined) return pairs;
    for (const row of await readPairs(database, wanted, { after, to }, settings.signals)) pairs.add(row);
    after = to;
  }
}

interface Part {
  pairs: PairTable;
  popularity: Float32Array;
  neighbors: NeighborsRow[];
  from: number;
  to: number;
}

async function write({ database, wanted, claim, signal }: RebuildRun, part: Part): Promise<void> {
  signal.throwIfAborted();
  const { pairs, popularity, neighbors, from, to } = part;
  const itemIds = pairs.itemIds.slice(from, to);
  const scores = itemIds.map((item_id, at) => ({ item_id, score: popularity[from + at]! }));
  const last = to >= pairs.itemIds.length;
  const range = { after: from === 0 ? '' : pairs.itemIds[from - 1]!, to: last ? null : pairs.itemIds[to - 1]! };
  await database.transaction({ tenant: wanted.tenant_id }, async (sql) => {
    if (!(await keepClaim(sql, wanted.collection_id, claim))) throw new Error('another process took over the rebuild');
    await replaceNeighbors(sql, wanted.collection_id, neighbors, range);
    await replacePopularity(sql, wanted.collection_id, scores, range);
  });
}
