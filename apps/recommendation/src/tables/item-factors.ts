import { FactorRows, type ScoredRows } from '@kindred/ranking';
import type { NewcomerMap } from '../newcomers/factor-map.store.ts';
import type { ActiveFactors } from '../training/factors.store.ts';
import { bytesPerId, ItemNumbers } from './item-lists.ts';

/** Items without factors of the training that get some, the newest first. */
export const mostNewcomers = 2_000;

/** The items of a trained model by numbers, for folding people in and for scoring everything; newcomers stand behind them. */
export class ItemFactors {
  readonly numbers = new ItemNumbers();
  /** How many of the numbers, the last ones. */
  newcomers = 0;
  private readonly rows: FactorRows;

  /** Of up to `model.itemCount` items; without a map there are no newcomers. */
  constructor(
    readonly model: ActiveFactors,
    readonly newcomerMap?: NewcomerMap,
  ) {
    this.rows = new FactorRows(model.itemCount + mostNewcomers, model.dimensions);
  }

  /** Throws RangeError for factors of other dimensions, or where the model has no more items. */
  add(itemId: string, factors: Float32Array): void {
    const { dimensions } = this.model;
    if (factors.length !== dimensions) {
      throw new RangeError(`Factors of ${factors.length} dimensions, where the model has ${dimensions}`);
    }
    this.rows.set(this.numbers.numberOf(itemId), factors);
  }

  /** At most `mostNewcomers`, once all items of the model were added; those of before go. Whoever adds up meanwhile sees all or none. */
  replaceNewcomers(newcomers: readonly [string, Float32Array][]): void {
    this.numbers.keepFirst(this.numbers.ids.length - this.newcomers);
    this.newcomers = newcomers.length;
    for (const [itemId, factors] of newcomers) this.add(itemId, factors);
  }

  /** The item's factors, a view; undefined where they are not known. */
  of(itemId: string): Float32Array | undefined {
    const item = this.numbers.find(itemId);
    return item === undefined ? undefined : this.rows.of(item);
  }

  /** The items with the highest inner products above 0 with a vector of as many dimensions, in the order of their numbers. */
  nearest(vector: Float32Array, most: number, without: readonly number[]): ScoredRows {
    return this.rows.nearest(vector, { count: this.numbers.ids.length, most, without });
  }

  /** Inner products of the items, by number: a view that the next call overwrites. */
  scores(vector: Float32Array, items: readonly number[]): Float32Array {
    return this.rows.scores(vector, items);
  }

  get bytes(): number {
    return bytesOf(this.model);
  }
}

/** About what a model takes in memory, with its newcomers. */
export const bytesOf = ({ itemCount, dimensions }: Pick<ActiveFactors, 'itemCount' | 'dimensions'>): number =>
  (itemCount + mostNewcomers) * (FactorRows.bytesOf(dimensions) + bytesPerId);
