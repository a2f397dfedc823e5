import type { Filter } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import type { CollectionRow } from '../collection.store.ts';
import { readMean } from './filter-direction.store.ts';
import type { ItemSample } from './item-sample.ts';

/** Sampled items whose vectors are read: their mean is off by a twentieth. */
const mostRead = 400;
const mostRemembered = 500;
/** How far a query is moved, by the way from the mean of all items to that of those that pass. Measured: docs/search-planner.md. */
const strength = 1.3;
/** Less of a direction than this may as well be chance. */
const leastSure = 0.5;

type Known = Map<string, Promise<Float32Array | undefined>>;

/**
 * Where the items that pass a filter lie, seen from all: a query that is moved that way meets them sooner. Known of a sample,
 * for as long as that is; only the first query of a filter waits for it.
 */
export class FilterDirections {
  private readonly known = new WeakMap<ItemSample, Known>();

  constructor(private readonly database: Database) {}

  /** What to add to queries; undefined where those that pass lie all over. */
  of(
    collection: CollectionRow,
    partition: string,
    filter: Filter,
    sample: ItemSample,
  ): Promise<Float32Array | undefined> {
    const known = this.known.get(sample) ?? new Map();
    this.known.set(sample, known);
    const key = `${partition} ${JSON.stringify(filter)}`;
    if (!known.has(key)) {
      if (known.size >= mostRemembered) known.clear();
      const read = this.read(collection, partition, filter, sample);
      known.set(key, read);
      // Who waits for it hears of the failure; the next query tries again.
      read.catch(() => known.delete(key));
    }
    return known.get(key)!;
  }

  private async read(collection: CollectionRow, partition: string, filter: Filter, sample: ItemSample) {
    const meanOf = (ids: string[]) => readMean(this.database, collection, partition, thinned(ids));
    const [all, passing] = [await meanOf(sample.idsOf()), await meanOf(sample.idsOf(filter))];
    return all && passing && directionOf(all.mean, passing.mean, passing.vectors);
  }
}

/** From all over the sample, which is in the order of loading. */
function thinned(ids: string[]): string[] {
  const step = Math.ceil(ids.length / mostRead);
  return ids.filter((_, at) => at % step === 0);
}

/**
 * From the one mean to the other, less what the mean of `count` vectors of length one is off by chance: its squared error
 * is (1 - |mean|²) / count.
 */
export function directionOf(all: Float32Array, passing: Float32Array, count: number): Float32Array | undefined {
  const way = passing.map((value, at) => value - all[at]!);
  const squared = (vector: Float32Array) => vector.reduce((sum, value) => sum + value * value, 0);
  const sure = 1 - (1 - squared(passing)) / count / squared(way);
  return sure >= leastSure ? way.map((value) => strength * sure * value) : undefined;
}
