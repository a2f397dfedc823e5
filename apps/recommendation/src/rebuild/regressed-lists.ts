import { NeighborRegression } from '@kindred/ranking';
import type { Pause } from './breather.ts';
import type { Neighbors } from './neighbors.ts';
import type { PairTable } from './pair-table.ts';

/** Of data whose mean squared strength is 1; measured on ml-latest-small, whole and thinned: docs/adr/0015. */
export const regularization = 100;

/** So many weights of an item are kept, those furthest from 0. */
export const longest = 100;

/**
 * What each item says of others, best first: every item is regressed on its neighbors, and the weights are turned round, from who is
 * spoken for to who speaks. A weight below 0 speaks against. About 12 bytes a weight until the last list was asked for.
 */
export class RegressedLists {
  private constructor(private readonly lists: Neighbors[]) {}

  /** `neighbors`: of each item, none of them the item. */
  static async over(pairs: PairTable, neighbors: readonly number[][], pause: Pause): Promise<RegressedLists> {
    const { itemIds, owners, strengths, starts, ownerCount } = pairs;
    const columns = { starts: [...starts, owners.length], rows: owners, values: strengths, rowCount: ownerCount };
    const regression = new NeighborRegression(columns, regularization);
    const lists: Neighbors[] = itemIds.map(() => ({ items: [], scores: [] }));
    for (let item = 0; item < itemIds.length; item++) {
      const items = neighbors[item]!;
      for (const [at, weight] of regression.weightsOf(item, items).entries()) {
        lists[items[at]!]!.items.push(item);
        lists[items[at]!]!.scores.push(weight);
      }
      await pause();
    }
    return new RegressedLists(lists);
  }

  /** Ask once for each item. */
  of(item: number): Neighbors {
    const { items, scores } = this.lists[item]!;
    this.lists[item] = { items: [], scores: [] };
    const loudest = [...items.keys()].sort(
      (left, right) => Math.abs(scores[right]!) - Math.abs(scores[left]!) || items[left]! - items[right]!,
    );
    const order = loudest
      .slice(0, longest)
      .sort((left, right) => scores[right]! - scores[left]! || items[left]! - items[right]!);
    return { items: order.map((at) => items[at]!), scores: order.map((at) => scores[at]!) };
  }
}
