import { createHash } from 'node:crypto';

/** Most statements that stay prepared on a connection: each holds a plan in the server's memory. */
const maxNamed = 256;
/** A text is prepared when it comes back this often; filters make many texts that never do. */
const prepareAt = 3;
const maxCounted = 2048;

/** Gives repeated statements a name to be prepared under. */
export class StatementNames {
  readonly #names = new Map<string, string>();
  readonly #seen = new Map<string, number>();

  nameOf(text: string): string | undefined {
    const name = this.#names.get(text);
    if (name !== undefined || this.#names.size >= maxNamed) return name;
    const count = (this.#seen.get(text) ?? 0) + 1;
    if (count < prepareAt) {
      if (this.#seen.size >= maxCounted) this.#seen.clear();
      this.#seen.set(text, count);
      return undefined;
    }
    this.#seen.delete(text);
    const made = `k_${createHash('sha256').update(text).digest('hex').slice(0, 24)}`;
    this.#names.set(text, made);
    return made;
  }
}
