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

type Mean = ReturnType<typeof readMean>;

/** Of one sample. */
interface Known {
  /** Of all its items, by partition. */
  all: Map<string, Mean>;
  /** By partition and filter. */
  directions: Map<string, Promise<Float32Array | undefined>>;
}

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
    const known = this.known.get(sample) ?? { all: new Map(), directions: new Map() };
    this.known.set(sample, known);
    const meanOf = (of?: Filter) => readMean(this.database, collection, partition, thinned(sample.idsOf(of)));
    return remembered(known.directions, `${partition} ${JSON.stringify(filter)}`, async () => {
      const [all, passing] = [await remembered(known.all, partition, meanOf), await meanOf(filter)];
      return all && passing && directionOf(all.mean, passing.mean, passing.vectors);
    });
  }
}

/** Who waits for it hears of a failure; the next query tries again. */
function remembered<Value>(
  known: Map<string, Promise<Value>>,
  key: string,
  read: () => Promise<Value>,
): Promise<Value> {
  const before = known.get(key);
  if (before) return before;
  if (known.size >= mostRemembered) known.clear();
  const reading = read();
  known.set(key, reading);
  reading.catch(() => known.delete(key));
  return reading;
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
