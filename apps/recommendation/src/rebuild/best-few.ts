/** The highest scores offered, in order; ties go to the lower number. Most offers are refused by one comparison. */
export class BestFew {
  readonly items: number[] = [];
  readonly scores: number[] = [];

  constructor(private readonly most: number) {}

  /** `order` settles ties otherwise: below 0 where its first comes first. */
  offer(item: number, score: number, order: (left: number, right: number) => number = byNumber): void {
    const isBefore = (other: number, otherScore: number) =>
      score > otherScore || (score === otherScore && order(item, other) < 0);
    const full = this.items.length === this.most;
    if (full && (this.most === 0 || !isBefore(this.items.at(-1)!, this.scores.at(-1)!))) return;
    if (full) {
      this.items.pop();
      this.scores.pop();
    }
    let at = this.items.length;
    while (at > 0 && isBefore(this.items[at - 1]!, this.scores[at - 1]!)) at--;
    this.items.splice(at, 0, item);
    this.scores.splice(at, 0, score);
  }
}

const byNumber = (left: number, right: number) => left - right;
