import type { PairRow } from './rebuild.store.ts';

/** Pairs by item, as numbers: item `i` has the pairs from starts[i] to starts[i + 1]. */
export class PairTable {
  readonly itemIds: string[] = [];
  readonly starts: number[] = [];
  readonly owners: number[] = [];
  readonly strengths: number[] = [];
  readonly days: number[] = [];
  private readonly ownerNumbers = new Map<string, number>();

  /** Rows come ordered by item. */
  add({ item_id, owner, strength, day }: PairRow): void {
    if (this.itemIds.at(-1) !== item_id) {
      this.itemIds.push(item_id);
      this.starts.push(this.owners.length);
    }
    const number = this.ownerNumbers.get(owner) ?? this.ownerNumbers.size;
    this.ownerNumbers.set(owner, number);
    this.owners.push(number);
    this.strengths.push(strength);
    this.days.push(day);
  }

  get ownerCount(): number {
    return this.ownerNumbers.size;
  }

  endOf(item: number): number {
    return this.starts[item + 1] ?? this.owners.length;
  }
}
