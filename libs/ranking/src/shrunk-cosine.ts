import { type InteractionPairs, itemsByUser, type SparseRows, transposed } from './interaction-matrix.ts';

export interface NeighborOptions {
  /** Most neighbors per item. */
  limit?: number;
  /** How many common users it takes to trust a similarity by half. 0 trusts any. */
  shrinkage?: number;
  /** Only a user's newest items count: bounds the cost at pairs x this, and the say of robots. */
  mostPerUser?: number;
}

/** Neighbors of item i are `items` and `scores` from offsets[i] to offsets[i + 1], best first. */
export interface Neighbors {
  offsets: Uint32Array;
  items: Uint32Array;
  /** 0..1. */
  scores: Float32Array;
}

/**
 * Items that the same users chose: cosine of the items' 0/1 user columns, times common / (common + shrinkage) so that
 * one shared user proves little (Bell and Koren 2007). Symmetric; equal scores by index; an item is not its own neighbor.
 */
export function shrunkCosineNeighbors(pairs: InteractionPairs, options: NeighborOptions = {}): Neighbors {
  const { limit = 50, shrinkage = 10, mostPerUser = 500 } = options;
  if (!(limit >= 1 && shrinkage >= 0 && mostPerUser >= 1)) {
    throw new RangeError('limit and mostPerUser must be 1 or more, shrinkage 0 or more');
  }
  const byUser = itemsByUser(pairs, mostPerUser);
  const byItem = transposed(byUser, pairs.itemCount);
  const top = new TopScores(limit);
  const counter = new CommonUsers(byUser, byItem, pairs.itemCount);
  const offsets = new Uint32Array(pairs.itemCount + 1);
  const items: Uint32Array[] = [];
  const scores: Float32Array[] = [];
  for (let item = 0; item < pairs.itemCount; item++) {
    counter.each(item, (other, common) => {
      const cosine = common / Math.sqrt(counter.usersOf(item) * counter.usersOf(other));
      top.offer(other, (cosine * common) / (common + shrinkage));
    });
    const best = top.take();
    items.push(best.items);
    scores.push(best.scores);
    offsets[item + 1] = offsets[item]! + best.items.length;
  }
  return { offsets, items: joined(items, Uint32Array), scores: joined(scores, Float32Array) };
}

/** Counts, item by item, the users it has in common with every other item. */
class CommonUsers {
  private readonly counts: Uint32Array;
  private readonly touched: Uint32Array;

  constructor(
    private readonly byUser: SparseRows,
    private readonly byItem: SparseRows,
    itemCount: number,
  ) {
    this.counts = new Uint32Array(itemCount);
    this.touched = new Uint32Array(itemCount);
  }

  usersOf(item: number): number {
    return this.byItem.offsets[item + 1]! - this.byItem.offsets[item]!;
  }

  each(item: number, visit: (other: number, common: number) => void): void {
    const touched = this.count(item);
    const { counts } = this;
    for (let at = 0; at < touched; at++) {
      const other = this.touched[at]!;
      if (other !== item) visit(other, counts[other]!);
      counts[other] = 0;
    }
  }

  private count(item: number): number {
    const { counts, touched } = this;
    const { columns, offsets } = this.byUser;
    const users = this.byItem.columns;
    let size = 0;
    for (let of = this.byItem.offsets[item]!; of < this.byItem.offsets[item + 1]!; of++) {
      const end = offsets[users[of]! + 1]!;
      for (let at = offsets[users[of]!]!; at < end; at++) {
        const other = columns[at]!;
        if (counts[other] === 0) touched[size++] = other;
        counts[other]!++;
      }
    }
    return size;
  }
}

/** The greatest of the offered scores, sorted; equal scores by item. */
class TopScores {
  private readonly items: Uint32Array;
  private readonly scores: Float32Array;
  private size = 0;

  constructor(private readonly limit: number) {
    this.items = new Uint32Array(limit);
    this.scores = new Float32Array(limit);
  }

  offer(item: number, exact: number): void {
    const score = Math.fround(exact);
    if (this.size === this.limit && !this.isBetter(item, score, this.size - 1)) return;
    let at = this.size < this.limit ? this.size++ : this.limit - 1;
    for (; at > 0 && this.isBetter(item, score, at - 1); at--) {
      this.items[at] = this.items[at - 1]!;
      this.scores[at] = this.scores[at - 1]!;
    }
    this.items[at] = item;
    this.scores[at] = score;
  }

  take(): { items: Uint32Array; scores: Float32Array } {
    const taken = { items: this.items.slice(0, this.size), scores: this.scores.slice(0, this.size) };
    this.size = 0;
    return taken;
  }

  private isBetter(item: number, score: number, at: number): boolean {
    return score > this.scores[at]! || (score === this.scores[at]! && item < this.items[at]!);
  }
}

function joined<Values extends Uint32Array | Float32Array>(
  parts: Values[],
  type: new (length: number) => Values,
): Values {
  const whole = new type(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
