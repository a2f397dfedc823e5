import type { Offer } from './vocabulary.ts';

/** Texts in the order of their keys. */
export class PrefixList {
  private readonly keys: string[] = [];
  private readonly texts: string[] = [];
  private readonly items: number[] = [];

  get size(): number {
    return this.keys.length;
  }

  /** Keys must come in the order of their code units. */
  add(key: string, text: string, items: number): void {
    this.keys.push(key);
    this.texts.push(text);
    this.items.push(items);
  }

  /** Those whose key begins so, that of most items first, at most `limit`. */
  startingWith(prefix: string, limit: number): Offer[] {
    const best: number[] = [];
    for (let at = this.firstFrom(prefix); at < this.keys.length && this.keys[at]!.startsWith(prefix); at++) {
      if (best.length >= limit && this.items[best.at(-1)!]! >= this.items[at]!) continue;
      let place = best.length;
      while (place > 0 && this.items[best[place - 1]!]! < this.items[at]!) place--;
      best.splice(place, 0, at);
      if (best.length > limit) best.pop();
    }
    return best.map((at) => ({ text: this.texts[at]!, items: this.items[at]! }));
  }

  private firstFrom(prefix: string): number {
    let [low, high] = [0, this.keys.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.keys[middle]! < prefix) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
