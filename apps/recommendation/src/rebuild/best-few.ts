/** The highest scores offered, in order; ties go to the lower number. Most offers are refused by one comparison. */
export class BestFew {
  readonly items: number[] = [];
  readonly scores: number[] = [];

  constructor(private readonly most: number) {}

  offer(item: number, score: number): void {
    const full = this.items.length === this.most;
    if (full && !isBefore(item, score, this.items.at(-1)!, this.scores.at(-1)!)) return;
    if (full) {
      this.items.pop();
      this.scores.pop();
    }
    let at = this.items.length;
    while (at > 0 && isBefore(item, score, this.items[at - 1]!, this.scores[at - 1]!)) at--;
    this.items.splice(at, 0, item);
    this.scores.splice(at, 0, score);
  }
}

const isBefore = (item: number, score: number, otherItem: number, otherScore: number) =>
  score > otherScore || (score === otherScore && item < otherItem);
