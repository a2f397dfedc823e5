import { createHash } from 'node:crypto';

/** Most statements that stay prepared on a connection: each holds a plan in the server's memory. */
const maxNamed = 256;
/** A text is prepared when it comes back this often; filters make many texts that never do. */
const prepareAt = 3;
const maxCounted = 2048;
/** Characters of all counted texts together: a filter may make one of a hundred thousand. */
const maxCountedSize = 8_000_000;

/** Gives repeated statements a name to be prepared under. */
export class StatementNames {
  readonly #names = new Map<string, string>();
  readonly #seen = new Map<string, number>();
  #seenSize = 0;

  nameOf(text: string): string | undefined {
    const name = this.#names.get(text);
    if (name !== undefined || this.#names.size >= maxNamed) return name;
    const count = (this.#seen.get(text) ?? 0) + 1;
    if (count < prepareAt) {
      if (count === 1) this.#makeRoom(text.length);
      this.#seen.set(text, count);
      return undefined;
    }
    this.#seen.delete(text);
    this.#seenSize -= text.length;
    const made = `k_${createHash('sha256').update(text).digest('hex').slice(0, 24)}`;
    this.#names.set(text, made);
    return made;
  }

  /** How many texts are counted, and their size in characters. */
  get counted(): { texts: number; size: number } {
    return { texts: this.#seen.size, size: this.#seenSize };
  }

  #makeRoom(size: number): void {
    if (this.#seen.size >= maxCounted || this.#seenSize + size > maxCountedSize) {
      this.#seen.clear();
      this.#seenSize = 0;
    }
    this.#seenSize += size;
  }
}
