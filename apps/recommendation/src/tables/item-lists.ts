/** About what an id takes: in the list of ids and in the map from them, of its table and of all tables. */
export const bytesPerId = 150;

let epochs = 0;

/** Item ids as dense numbers from 0, so that sums are arrays. */
export class ItemNumbers {
  readonly ids: string[] = [];
  /** No other numbers have the same, nor these when they are of other items than before. */
  epoch = ++epochs;
  private readonly numbers = new Map<string, number>();

  /** The item's number, a new one where it has none. */
  numberOf(id: string): number {
    const known = this.numbers.get(id);
    if (known !== undefined) return known;
    const number = this.ids.length;
    this.ids.push(id);
    this.numbers.set(id, number);
    return number;
  }

  numbersOf(ids: readonly string[]): number[] {
    return ids.map((id) => this.numberOf(id));
  }

  find(id: string): number | undefined {
    return this.numbers.get(id);
  }

  /** Forgets all but the first so many. */
  keepFirst(count: number): void {
    this.epoch = ++epochs;
    for (const id of this.ids.splice(count)) this.numbers.delete(id);
  }
}

const none: [number, number] = [0, 0];

/** Lists of scored items, best first, in flat arrays: 8 bytes an entry. Lists are added one after the other. */
export class ItemLists {
  items = new Uint32Array(1_024);
  scores = new Float32Array(1_024);
  private readonly ranges = new Map<number, [number, number]>();
  private end = 0;

  constructor(readonly numbers: ItemNumbers) {}

  add(id: string, neighborIds: readonly string[], scores: readonly number[]): void {
    const start = this.end;
    this.grow(start + neighborIds.length);
    for (const [at, neighbor] of neighborIds.entries()) {
      this.items[start + at] = this.numbers.numberOf(neighbor);
      this.scores[start + at] = scores[at]!;
    }
    this.end = start + neighborIds.length;
    this.ranges.set(this.numbers.numberOf(id), [start, this.end]);
  }

  /** Where the list of the item begins and ends in `items` and `scores`. */
  rangeOf(item: number): [number, number] {
    return this.ranges.get(item) ?? none;
  }

  get lists(): number {
    return this.ranges.size;
  }

  /** About what it takes in memory, without the ids. */
  get bytes(): number {
    return this.items.byteLength + this.scores.byteLength + 64 * this.ranges.size;
  }

  private grow(wanted: number): void {
    if (wanted <= this.items.length) return;
    const size = Math.max(wanted, 2 * this.items.length);
    const [items, scores] = [new Uint32Array(size), new Float32Array(size)];
    items.set(this.items);
    scores.set(this.scores);
    [this.items, this.scores] = [items, scores];
  }
}

/** Items in the order of a share that is everybody's, best first. */
export interface OrderedShares {
  ids: string[];
  /** In (0, 1]. */
  shares: number[];
}
