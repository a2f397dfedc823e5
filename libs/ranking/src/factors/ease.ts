import { type SparseRows, transposed } from '../interaction-matrix.ts';
import { invertPositive } from './invert-positive.ts';

/** The matrix that is inverted has the smaller of both sizes; 4,000 take about a minute and 128 MB. */
export const largestEase = 4_000;

/**
 * EASE, a linear item-to-item model in closed form (Steck, "Embarrassingly shallow autoencoders for sparse data", 2019):
 * B_ij = -P_ij / P_jj, P = (X'X + lambda I)^-1. Where there are fewer users than items the same P comes from the users' side,
 * P = (I - X'KX) / lambda with K = (XX' + lambda I)^-1, and B is never written out: a user's scores are X'(K(Xx)) over the
 * diagonal, so the whole model is K and the interactions, users^2 numbers instead of items^2. Exact either way.
 */
export class Ease {
  private readonly inverse: Float32Array;
  private readonly byItem: SparseRows;
  /** lambda x P_jj on the users' side, P_jj on the items' side. */
  private readonly diagonal: Float64Array;
  private readonly onUsersSide: boolean;

  /**
   * `regularization` is lambda, above 0: the larger, the more the weights lean on what many people share. Throws RangeError
   * where both sides are larger than `largestEase`.
   */
  constructor(
    byUser: SparseRows,
    private readonly itemCount: number,
    regularization: number,
  ) {
    if (!(regularization > 0)) throw new RangeError('regularization must be above 0');
    const userCount = byUser.offsets.length - 1;
    const size = Math.min(userCount, itemCount);
    if (size > largestEase) {
      const sizes = `${userCount} users and ${itemCount} items`;
      throw new RangeError(`EASE inverts at most ${largestEase} x ${largestEase}; here are ${sizes}`);
    }
    this.byItem = transposed(byUser, itemCount);
    this.onUsersSide = userCount < itemCount;
    const rows = this.onUsersSide ? this.byItem : byUser;
    this.inverse = Float32Array.from(invertPositive(gramianOf(rows, size, regularization), size));
    this.diagonal = this.onUsersSide
      ? Float64Array.from({ length: itemCount }, (_, item) => 1 - this.quadratic(item))
      : Float64Array.from({ length: itemCount }, (_, item) => this.inverse[item * itemCount + item]!);
  }

  /** Bytes of the model beside the interactions themselves. */
  get bytes(): number {
    return this.inverse.byteLength + this.itemCount * 4;
  }

  /**
   * Scores of all items for a person who chose `items` (distinct), written into `scores`. Those of the chosen items lack
   * the rule that an item says nothing for itself: leave them out.
   */
  scores(items: ArrayLike<number>, scores: Float64Array): void {
    if (this.onUsersSide) this.scoresByUsers(items, scores);
    else this.scoresByItems(items, scores);
  }

  private scoresByUsers(items: ArrayLike<number>, scores: Float64Array): void {
    const { inverse, byItem, itemCount } = this;
    const users = Math.sqrt(inverse.length);
    const common = new Float64Array(users);
    for (let at = 0; at < items.length; at++) {
      const item = items[at]!;
      for (let of = byItem.offsets[item]!; of < byItem.offsets[item + 1]!; of++) common[byItem.columns[of]!]! += 1;
    }
    const near = new Float64Array(users);
    for (let user = 0; user < users; user++) {
      const count = common[user]!;
      if (count === 0) continue;
      for (let other = 0; other < users; other++) near[other]! += count * inverse[user * users + other]!;
    }
    for (let item = 0; item < itemCount; item++) {
      let sum = 0;
      for (let of = byItem.offsets[item]!; of < byItem.offsets[item + 1]!; of++) sum += near[byItem.columns[of]!]!;
      scores[item] = sum / this.diagonal[item]!;
    }
  }

  private scoresByItems(items: ArrayLike<number>, scores: Float64Array): void {
    scores.fill(0);
    for (let at = 0; at < items.length; at++) {
      const start = items[at]! * this.itemCount;
      for (let item = 0; item < this.itemCount; item++) scores[item]! -= this.inverse[start + item]!;
    }
    for (let item = 0; item < this.itemCount; item++) scores[item]! /= this.diagonal[item]!;
  }

  /** x'Kx of an item's column. */
  private quadratic(item: number): number {
    const { columns, offsets } = this.byItem;
    const users = Math.sqrt(this.inverse.length);
    let sum = 0;
    for (let left = offsets[item]!; left < offsets[item + 1]!; left++) {
      const start = columns[left]! * users;
      for (let right = offsets[item]!; right < offsets[item + 1]!; right++)
        sum += this.inverse[start + columns[right]!]!;
    }
    return sum;
  }
}

/** Lower triangle of how often two columns stand in the same row, plus the regularization on the diagonal. */
function gramianOf({ offsets, columns }: SparseRows, size: number, regularization: number): Float64Array {
  const sums = new Float64Array(size * size);
  for (let row = 0; row + 1 < offsets.length; row++) {
    for (let left = offsets[row]!; left < offsets[row + 1]!; left++) {
      const start = columns[left]! * size;
      for (let right = offsets[row]!; right < offsets[row + 1]!; right++) sums[start + columns[right]!]! += 1;
    }
  }
  for (let at = 0; at < size; at++) sums[at * size + at]! += regularization;
  return sums;
}
