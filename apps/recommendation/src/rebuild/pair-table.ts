import type { PairRow } from './rebuild.store.ts';

/** Who is for what, as numbers: item `i` has the pairs from starts[i] to starts[i + 1]. */
export class PairTable {
  readonly itemIds: string[] = [];
  readonly starts: number[] = [];
  readonly owners: number[] = [];
  readonly strengths: number[] = [];
  readonly days: number[] = [];
  private readonly ownerNumbers = new Map<string, number>();
  /** By owner number, those that say nothing for an item too. */
  private readonly events: number[] = [];

  /** Rows come ordered by item; those that do not speak for it are counted alone. */
  add({ item_id, owner, strength, day, events }: PairRow): void {
    const number = this.ownerNumbers.get(owner) ?? this.ownerNumbers.size;
    this.ownerNumbers.set(owner, number);
    this.events[number] = (this.events[number] ?? 0) + events;
    if (strength > 0) this.push(item_id, number, strength, day);
  }

  /** Those with more events. */
  ownersAbove(events: number): string[] {
    return [...this.ownerNumbers].flatMap(([owner, number]) => (this.events[number]! > events ? [owner] : []));
  }

  /** The same without the pairs of these owners, who keep their numbers; and without items that only they are for. */
  without(owners: readonly string[]): PairTable {
    if (owners.length === 0) return this;
    const left = new Set(owners.map((owner) => this.ownerNumbers.get(owner)).filter((number) => number !== undefined));
    const kept = new PairTable();
    for (const [owner, number] of this.ownerNumbers) kept.ownerNumbers.set(owner, number);
    for (const [item, id] of this.itemIds.entries()) {
      for (let at = this.starts[item]!; at < this.endOf(item); at++) {
        const owner = this.owners[at]!;
        if (!left.has(owner)) kept.push(id, owner, this.strengths[at]!, this.days[at]!);
      }
    }
    return kept;
  }

  get ownerCount(): number {
    return this.ownerNumbers.size;
  }

  endOf(item: number): number {
    return this.starts[item + 1] ?? this.owners.length;
  }

  private push(itemId: string, owner: number, strength: number, day: number): void {
    if (this.itemIds.at(-1) !== itemId) {
      this.itemIds.push(itemId);
      this.starts.push(this.owners.length);
    }
    this.owners.push(owner);
    this.strengths.push(strength);
    this.days.push(day);
  }
}
