import { dot, type FactorModel } from '@kindred/ranking';
import { ItemNumbers } from './item-lists.ts';

/** Of the id, in the list of ids and in the map from them. */
const bytesPerId = 100;

/** The items of a trained model in one flat array, for folding people in and for scoring everything. */
export class ItemFactors {
  readonly numbers = new ItemNumbers();
  private readonly values: Float32Array;

  /** Of up to `model.itemCount` items. */
  constructor(readonly model: FactorModel) {
    this.values = new Float32Array(model.itemCount * model.dimensions);
  }

  /** Throws RangeError for factors of other dimensions, or where the model has no more items. */
  add(itemId: string, factors: Float32Array): void {
    const { dimensions } = this.model;
    if (factors.length !== dimensions) {
      throw new RangeError(`Factors of ${factors.length} dimensions, where the model has ${dimensions}`);
    }
    this.values.set(factors, this.numbers.numberOf(itemId) * dimensions);
  }

  /** The item's factors, a view; undefined where the model does not know it. */
  of(itemId: string): Float32Array | undefined {
    const item = this.numbers.find(itemId);
    const { dimensions } = this.model;
    return item === undefined ? undefined : this.values.subarray(item * dimensions, (item + 1) * dimensions);
  }

  /** Inner product with a vector of as many dimensions. */
  scoreOf(item: number, vector: Float32Array): number {
    return dot(vector, this.values, item * vector.length);
  }

  get bytes(): number {
    return bytesOf(this.model);
  }
}

/** About what a model takes in memory. */
export const bytesOf = ({ itemCount, dimensions }: Pick<FactorModel, 'itemCount' | 'dimensions'>): number =>
  itemCount * (Float32Array.BYTES_PER_ELEMENT * dimensions + bytesPerId);
