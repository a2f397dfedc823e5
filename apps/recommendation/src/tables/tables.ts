import { limits } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import type { CollectionRow } from '@kindred/vector-index';
import { readMap } from '../newcomers/factor-map.store.ts';
import type { Newcomers } from '../newcomers/newcomers.ts';
import { breather } from '../rebuild/breather.ts';
import { readActiveFactors, readFactorPage } from '../training/factors.store.ts';
import { CommonNumbers } from './common-numbers.ts';
import { bytesOf, ItemFactors } from './item-factors.ts';
import { bytesPerId, ItemLists, ItemNumbers, type OrderedShares } from './item-lists.ts';
import { type ListKind, type ListRow, readListPage, readListsOf, readPopular } from './table.store.ts';

/** A table with fewer lists is read anew before the answer, a larger one behind it. */
const smallLists = 2_000;
/** Read and taken in within a few milliseconds, so that requests get their turn. */
const listsPerPage = 100;
/** Who would wait longer for a table is answered list by list, the same. */
const patienceMs = 100;
/** Collections of which items are numbered; who was asked for least recently goes. */
const mostNumbered = 100;
const factorsPerPage = 500;
/** Factors have no second way: a catalog of a hundred thousand is awaited, a larger one is left out until it is read. */
const factorPatienceMs = 2_000;

type Table = ItemLists | OrderedShares | ItemFactors;

interface Entry {
  /** Of the rebuild that it was read after, or of the model. */
  version: string;
  value: Promise<Table | undefined>;
  /** The same, once it is there: who need not wait makes no timer. */
  read?: Table | undefined;
  bytes: number;
  small: boolean;
  refreshing: boolean;
}

/**
 * The derived lists of collections in memory, so that adding them up takes microseconds. Answers pass the version that
 * their snapshot saw; who last used least goes when the memory granted is used up, and what alone needs more than all of
 * it is read list by list.
 */
export class Tables {
  private readonly entries = new Map<string, Entry>();
  private readonly numbersOf = new Map<string, CommonNumbers>();

  constructor(
    private readonly database: Database,
    private readonly newcomers: Newcomers,
    private readonly mostBytes: number,
  ) {}

  /** What the tables of a collection number its items by, until one of them is read anew. */
  numbers(collection: CollectionRow): CommonNumbers {
    const key = keyOf(collection, '');
    const numbers = this.numbersOf.get(key) ?? new CommonNumbers();
    this.numbersOf.delete(key);
    this.numbersOf.set(key, numbers);
    if (this.numbersOf.size > mostNumbered) this.numbersOf.delete(this.numbersOf.keys().next().value!);
    return numbers;
  }

  /** Lists of the kind that hold at least those of the seeds. */
  async lists(
    collection: CollectionRow,
    kind: ListKind,
    version: string,
    seeds: readonly string[],
  ): Promise<ItemLists> {
    const reading = this.held(collection, kind, version, () => this.readLists(collection, kind));
    const held = (reading instanceof Promise ? await within(patienceMs, reading) : reading) as ItemLists | undefined;
    if (held) return held;
    const lists = new ItemLists(new ItemNumbers());
    addAll(lists, await readListsOf(this.database, collection, kind, seeds));
    return lists;
  }

  /** The most popular items, as many as paging reaches. */
  async popular(collection: CollectionRow, version: string): Promise<OrderedShares> {
    const read = () => readPopular(this.database, collection, limits.pageDepth);
    return (await this.held(collection, 'popular', version, read)) as OrderedShares;
  }

  /** The active model with its items, by the version that the snapshot saw. */
  async factors(collection: CollectionRow, version: string): Promise<ItemFactors | 'too large' | 'late'> {
    const reading = this.held(collection, 'factors', version, () => this.readFactors(collection));
    const held = reading instanceof Promise ? await this.awaited(reading) : (reading as ItemFactors);
    if (typeof held !== 'string') this.newcomers.follow(collection, held);
    return held;
  }

  private async awaited(reading: Entry['value']): Promise<ItemFactors | 'too large' | 'late'> {
    const read = reading.then((held) => (held as ItemFactors | undefined) ?? 'too large');
    return (await within(factorPatienceMs, read)) ?? 'late';
  }

  private held(
    collection: CollectionRow,
    name: string,
    version: string,
    read: () => Promise<Table | undefined>,
  ): Entry['value'] | Table {
    const key = keyOf(collection, name);
    const entry = this.entries.get(key);
    if (!entry) return this.load(key, version, read);
    this.entries.delete(key);
    this.entries.set(key, entry);
    if (entry.version === version || entry.refreshing) return entry.read ?? entry.value;
    if (entry.small) return this.load(key, version, read);
    entry.refreshing = true;
    // The old lists answer meanwhile, and after a failure: the next request will try again.
    const fresh = read();
    fresh.then(
      (value) => this.keep(key, version, Promise.resolve(value), value),
      () => {
        entry.refreshing = false;
      },
    );
    return entry.read ?? entry.value;
  }

  private load(key: string, version: string, read: () => Promise<Table | undefined>) {
    const value = read();
    const entry = { version, value, bytes: 0, small: false, refreshing: true };
    this.entries.set(key, entry);
    value.then(
      (one) => this.keep(key, version, value, one),
      () => {
        if (this.entries.get(key) === entry) this.entries.delete(key);
      },
    );
    return value;
  }

  private keep(key: string, version: string, value: Entry['value'], one: Table | undefined): void {
    const bytes = sizeOf(one);
    const small = isSmall(one);
    this.entries.set(key, { version, value, read: one, bytes, small, refreshing: false });
    // Of items that are gone the numbers must go too.
    this.numbersOf.delete(key.slice(0, key.lastIndexOf('/') + 1));
    let used = [...this.entries.values()].reduce((sum, entry) => sum + entry.bytes, 0);
    for (const [other, entry] of this.entries) {
      if (used <= this.mostBytes || other === key) break;
      this.entries.delete(other);
      used -= entry.bytes;
    }
  }

  /** Undefined where the lists take more than the memory granted. */
  private async readLists(collection: CollectionRow, kind: ListKind): Promise<ItemLists | undefined> {
    const lists = new ItemLists(new ItemNumbers());
    const pause = breather(0);
    for (let after = ''; ; ) {
      const rows = await readListPage(this.database, collection, kind, { after, most: listsPerPage });
      addAll(lists, rows);
      if (sizeOf(lists) > this.mostBytes) return undefined;
      if (rows.length < listsPerPage) return lists;
      after = rows.at(-1)!.item_id;
      await pause();
    }
  }

  /** Undefined where the model takes more than the memory granted. */
  private async readFactors(collection: CollectionRow): Promise<ItemFactors | undefined> {
    const { tenant, collectionId } = collection;
    const held = await this.database.transaction({ tenant, readOnly: true }, async (sql) => {
      const model = await readActiveFactors(sql, collectionId);
      if (!model || bytesOf(model) > this.mostBytes) return undefined;
      return new ItemFactors(model, await readMap(sql, collectionId, model));
    });
    if (!held) return undefined;
    const pause = breather(0);
    for (let after = ''; ; ) {
      const page = await readFactorPage(this.database, collection, held.model.version, { after, most: factorsPerPage });
      for (const [itemId, factors] of page) held.add(itemId, factors);
      if (page.length < factorsPerPage) break;
      after = page.at(-1)![0];
      await pause();
    }
    await this.newcomers.look(collection, held);
    return held;
  }
}

const keyOf = ({ tenant, collectionId }: CollectionRow, name: string) => `${tenant}/${collectionId}/${name}`;

function isSmall(one: Table | undefined): boolean {
  if (one instanceof ItemLists) return one.lists <= smallLists;
  return one instanceof ItemFactors ? one.model.itemCount <= smallLists : one !== undefined;
}

function addAll(lists: ItemLists, rows: readonly ListRow[]): void {
  for (const { item_id, ids, scores } of rows) lists.add(item_id, ids, scores);
}

function sizeOf(one: Table | undefined): number {
  if (one === undefined) return 0;
  if (one instanceof ItemFactors) return one.bytes;
  return one instanceof ItemLists ? one.bytes + bytesPerId * one.numbers.ids.length : bytesPerId * one.ids.length;
}

/** Undefined where it takes longer; a failure that comes in time is thrown. */
async function within<Value>(ms: number, work: Promise<Value>): Promise<Value | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms);
  });
  work.catch(() => {});
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
