import type { Database } from '@kindred/database';
import { FollowerFinder } from '@kindred/ranking';
import { noteRobots, readRobots } from '../robots/robots.store.ts';
import type { Settings, Signals } from '../settings.ts';
import { breather, type Pause } from './breather.ts';
import { type CompanionKind, replaceCompanions } from './companions.store.ts';
import { companionSignals, sequencesOf } from './companions.ts';
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
import { RegressedLists } from './regressed-lists.ts';

/** A page ends with an item, so a very popular one makes a longer page. */
const eventsPerPage = 5_000;
/** Small transactions: in embedded mode requests wait for them. Each item's list is whole at any moment. */
const itemsPerTransaction = 100;
/** What comes within 5 places behind an item follows it. Measured on ml-latest-small: docs/adr/0017. */
const followerOptions = { window: 5, most: 100, shrinkage: 10 };

export interface RebuildRun {
  database: Database;
  wanted: Wanted;
  claim: string;
  settings: Settings;
  signal: AbortSignal;
}

/** Makes the lists of one collection anew from its interaction rows. Throws when the lease was lost. */
export async function rebuild(run: RebuildRun): Promise<{ pairs: number; items: number; robots: number }> {
  const pause = breather();
  const everybody = await readAll(run, { signals: run.settings.signals, onlyFor: false }, pause);
  const robots = await findRobots(run, everybody);
  const pairs = everybody.without(robots);
  const neighbors = await rebuildTaste(run, pairs, pause);
  await rebuildRegressed(run, pairs, neighbors, pause);
  await rebuildFollowers(run, pairs, pause);
  for (const kind of ['viewed', 'bought'] as const) await rebuildCompanions(run, kind, robots, pause);
  await removeOrphanedTastes(run.database, run.wanted);
  return { pairs: pairs.owners.length, items: pairs.itemIds.length, robots: robots.length };
}

/** Finds and notes the robots. Events were counted while they were read: minutes are only of those with many. */
async function findRobots(run: RebuildRun, everybody: PairTable): Promise<string[]> {
  const { database, wanted, settings } = run;
  const { tenant_id: tenant, collection_id: collectionId } = wanted;
  const perMinute = settings.robotEventsPerMinute;
  const suspects = everybody.ownersAbove(perMinute);
  const query = { tenant, collectionId, perMinute, suspects };
  const robots = suspects.length > 0 ? await readRobots(database, query) : [];
  await writing(run, (sql) => noteRobots(sql, collectionId, robots));
  return robots.map(({ owner }) => owner);
}

/** The neighbors of each item. */
async function rebuildTaste(run: RebuildRun, pairs: PairTable, pause: Pause): Promise<number[][]> {
  const popularity = await popularityOf(pairs, run.settings.popularityHalfLifeDays, pause);
  const finder = await NeighborFinder.over(pairs, defaultNeighborOptions, pause);
  const neighbors: number[][] = [];
  const find = async (item: number) => {
    const found = await finder.of(item);
    neighbors[item] = found.items;
    return found;
  };
  await inParts(run, pairs, async ({ from, to, range, write }) => {
    const lists = await listsOf(pairs, { from, to }, find, pause);
    const scores = pairs.itemIds.slice(from, to).map((item_id, at) => ({ item_id, score: popularity[from + at]! }));
    await write(async (sql) => {
      await replaceNeighbors(sql, run.wanted.collection_id, lists, range);
      await replacePopularity(sql, run.wanted.collection_id, scores, range);
    });
  });
  return neighbors;
}

async function rebuildRegressed(
  run: RebuildRun,
  pairs: PairTable,
  neighbors: readonly number[][],
  pause: Pause,
): Promise<void> {
  const regressed = await RegressedLists.over(pairs, neighbors, pause);
  await inParts(run, pairs, async ({ from, to, range, write }) => {
    const lists = await listsOf(pairs, { from, to }, async (item) => regressed.of(item), pause);
    await write((sql) => replaceCompanions(sql, run.wanted.collection_id, 'regressed', { rows: lists, range }));
  });
}

async function rebuildFollowers(run: RebuildRun, pairs: PairTable, pause: Pause): Promise<void> {
  const finder = new FollowerFinder(await sequencesOf(pairs, pause), pairs.itemIds.length, followerOptions);
  await inParts(run, pairs, async ({ from, to, range, write }) => {
    const lists = await listsOf(pairs, { from, to }, async (item) => finder.of(item), pause);
    await write((sql) => replaceCompanions(sql, run.wanted.collection_id, 'next', { rows: lists, range }));
  });
}

async function rebuildCompanions(
  run: RebuildRun,
  kind: CompanionKind & ('viewed' | 'bought'),
  robots: readonly string[],
  pause: Pause,
): Promise<void> {
  const signals = companionSignals(run.settings.signals, kind);
  const pairs = (await readAll(run, { signals, onlyFor: true }, pause)).without(robots);
  const finder = await NeighborFinder.over(pairs, defaultNeighborOptions, pause);
  await inParts(run, pairs, async ({ from, to, range, write }) => {
    const lists = await listsOf(pairs, { from, to }, (item) => finder.of(item), pause);
    await write((sql) => replaceCompanions(sql, run.wanted.collection_id, kind, { rows: lists, range }));
  });
}

async function readAll(
  { database, wanted, signal }: RebuildRun,
  asked: { signals: Signals; onlyFor: boolean },
  pause: Pause,
): Promise<PairTable> {
  const pairs = new PairTable();
  for (let after = ''; ; ) {
    signal.throwIfAborted();
    const to = await readPageEnd(database, wanted, after, eventsPerPage);
    if (to === undefined) return pairs;
    for (const row of await readPairs(database, wanted, { after, to }, asked)) pairs.add(row);
    after = to;
    await pause();
  }
}

type Work = Parameters<Database['transaction']>[1];

interface Part {
  from: number;
  to: number;
  /** The ids that the part replaces: (after, to], to the end where there is no `to`. */
  range: { after: string; to: string | null };
  write(work: Work): Promise<void>;
}

/** Runs the work in a transaction, while the lease is held. */
async function writing({ database, wanted, claim, signal }: RebuildRun, work: Work): Promise<void> {
  signal.throwIfAborted();
  await database.transaction({ tenant: wanted.tenant_id }, async (sql) => {
    if (!(await keepClaim(sql, wanted.collection_id, claim))) throw new Error('another process took over the rebuild');
    await work(sql);
  });
}

/** Part by part of the items; one part where there is none, so that what is gone is removed. */
async function inParts(run: RebuildRun, { itemIds }: PairTable, work: (part: Part) => Promise<void>): Promise<void> {
  const write = (inside: Work) => writing(run, inside);
  for (let from = 0; from < itemIds.length || from === 0; from += itemsPerTransaction) {
    const to = Math.min(from + itemsPerTransaction, itemIds.length);
    const last = to >= itemIds.length;
    const range = { after: from === 0 ? '' : itemIds[from - 1]!, to: last ? null : itemIds[to - 1]! };
    await work({ from, to, range, write });
  }
}

interface Found {
  items: ArrayLike<number>;
  scores: ArrayLike<number>;
}

async function listsOf(
  { itemIds }: PairTable,
  { from, to }: { from: number; to: number },
  find: (item: number) => Promise<Found>,
  pause: Pause,
): Promise<NeighborsRow[]> {
  const rows: NeighborsRow[] = [];
  for (let item = from; item < to; item++) {
    const found = await find(item);
    if (found.items.length > 0) {
      const neighbor_ids = Array.from(found.items, (other) => itemIds[other]!);
      const scores = Array.from(found.scores, (score) => Number(score.toPrecision(6)));
      rows.push({ item_id: itemIds[item]!, neighbor_ids, scores });
    }
    await pause();
  }
  return rows;
}
