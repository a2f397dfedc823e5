import type { WeightedRows } from '@kindred/ranking';
import { mostMapped } from '../newcomers/fit-map.ts';
import { heldOutOneIn, type TrainingPair } from './training-data.store.ts';

/** What a training works on: people and items are dense numbers, items in the order of their ids. */
export interface TrainingData {
  itemIds: string[];
  userCount: number;
  byUser: WeightedRows;
  byItem: WeightedRows;
  /** What was kept out of training: what speaks for an item is measured by. */
  heldOut: WeightedRows;
  pairs: number;
  heldOutPairs: number;
}

/** Collects pairs as they are read, ordered by item. */
export class TrainingPairs {
  private readonly ownerNumbers = new Map<string, number>();
  private readonly trained = new Columns();
  private readonly held = new Columns();

  constructor(private readonly itemIds: string[] = []) {}

  add({ item_id, owner, strength, held_out }: TrainingPair): void {
    if (this.itemIds.at(-1) !== item_id) this.itemIds.push(item_id);
    const user = this.ownerNumbers.get(owner) ?? this.ownerNumbers.size;
    this.ownerNumbers.set(owner, user);
    this.addNumbers(user, this.itemIds.length - 1, strength, held_out);
  }

  addNumbers(user: number, item: number, strength: number, heldOut: boolean): void {
    (heldOut ? this.held : this.trained).push(user, item, strength);
  }

  data(userCount = this.ownerNumbers.size): TrainingData {
    const sizes = { userCount, itemCount: this.itemIds.length };
    const byUser = this.trained.rows(sizes.userCount);
    return {
      itemIds: this.itemIds,
      userCount: sizes.userCount,
      byUser,
      byItem: turnedAround(byUser, sizes.itemCount),
      heldOut: this.held.rows(sizes.userCount),
      pairs: byUser.columns.length,
      heldOutPairs: this.held.length,
    };
  }
}

class Columns {
  private readonly users: number[] = [];
  private readonly items: number[] = [];
  private readonly strengths: number[] = [];

  get length(): number {
    return this.users.length;
  }

  push(user: number, item: number, strength: number): void {
    this.users.push(user);
    this.items.push(item);
    this.strengths.push(strength);
  }

  rows(userCount: number): Weighted {
    return sorted(this.users, this.items, this.strengths, userCount);
  }
}

type Weighted = WeightedRows & { weights: Float32Array };

function turnedAround({ offsets, columns, weights }: Weighted, itemCount: number): Weighted {
  const users = new Uint32Array(columns.length);
  for (let user = 0; user + 1 < offsets.length; user++) users.fill(user, offsets[user]!, offsets[user + 1]!);
  return sorted(columns, users, weights, itemCount);
}

/** Rows by key, entries in their order of appearance: a counting sort. */
function sorted(
  keys: ArrayLike<number>,
  values: ArrayLike<number>,
  weights: ArrayLike<number>,
  keyCount: number,
): Weighted {
  const rows = {
    offsets: shared(Uint32Array, keyCount + 1),
    columns: shared(Uint32Array, keys.length),
    weights: shared(Float32Array, keys.length),
  };
  const { offsets } = rows;
  for (let at = 0; at < keys.length; at++) offsets[keys[at]! + 1]! += 1;
  for (let key = 0; key < keyCount; key++) offsets[key + 1]! += offsets[key]!;
  const next = offsets.slice(0, keyCount);
  for (let at = 0; at < keys.length; at++) {
    const to = next[keys[at]!]!++;
    rows.columns[to] = values[at]!;
    rows.weights[to] = weights[at]!;
  }
  return rows;
}

type Shareable = Uint32Array | Float32Array;

/** An array that threads can share. */
export function shared<Values extends Shareable>(
  type: { new (buffer: SharedArrayBuffer): Values; BYTES_PER_ELEMENT: number },
  length: number,
): Values {
  return new type(new SharedArrayBuffer(length * type.BYTES_PER_ELEMENT));
}

/** Bytes that a training of this size takes at its height: pairs twice, again with those held out and as read, factors twice, what items are described by, scratch. */
export function trainingBytes(
  { pairs, users, items }: { pairs: number; users: number; items: number },
  { dimensions, threads, contentDimensions }: { dimensions: number; threads: number; contentDimensions: number },
): number {
  const perPair = 4 * 8 + 24;
  const factors = 4 * dimensions * (users + 2 * items);
  const described =
    Math.min(items, mostMapped) * (8 * (dimensions + contentDimensions) + 1_000) + 24 * contentDimensions ** 2;
  return pairs * perPair + factors + described + 100 * (users + items) + threads * (20_000_000 + 32 * dimensions ** 2);
}

/**
 * The same people and items with one pair of `heldOutOneIn` that speak for an item kept out of training, and the pairs that
 * were kept out before left alone: what settings are chosen by must not be what they are judged by.
 */
export function validationData(data: TrainingData): TrainingData {
  const pairs = new TrainingPairs(data.itemIds);
  const { offsets, columns, weights } = data.byItem;
  for (let item = 0; item < data.itemIds.length; item++) {
    for (let at = offsets[item]!; at < offsets[item + 1]!; at++) {
      const held_out = weights![at]! > 0 && at % heldOutOneIn === 0;
      pairs.addNumbers(columns[at]!, item, weights![at]!, held_out);
    }
  }
  return pairs.data(data.userCount);
}

/** The same people and items with nothing held out. */
export function everything(data: TrainingData): TrainingData {
  const pairs = new TrainingPairs(data.itemIds);
  for (const { offsets, columns, weights } of [data.byUser, data.heldOut]) {
    for (let user = 0; user < data.userCount; user++) {
      for (let at = offsets[user]!; at < offsets[user + 1]!; at++) {
        pairs.addNumbers(user, columns[at]!, weights![at]!, false);
      }
    }
  }
  return pairs.data(data.userCount);
}
