import { createHash } from 'node:crypto';
import type { StatementParams } from './statement-params.ts';

/** Kept of each hash: of 10,000 hits turned page by page, one is taken for another once in 20,000 times. */
const bytesEach = 5;

/** What the pages before have shown, as hashes in a token: a page takes the best of what is not among it. */
export class Shown {
  private readonly known = new Map<string, boolean>();
  private among: Set<string> | undefined;

  /** `salt`: of the request, so that two items whose hashes meet do so in no other request. */
  constructor(
    private readonly salt: string,
    readonly hashes: Buffer = Buffer.alloc(0),
  ) {}

  get count(): number {
    return this.hashes.length / bytesEach;
  }

  /** With these too. */
  and(keys: readonly string[]): Shown {
    const added = Buffer.from(keys.map((key) => this.hashOf(key)).join(''), 'hex');
    return new Shown(this.salt, Buffer.concat([this.hashes, added]));
  }

  has(key: string): boolean {
    if (this.hashes.length === 0) return false;
    const before = this.known.get(key);
    if (before !== undefined) return before;
    this.among ??= new Set(this.hashes.toString('hex').match(/.{10}/g));
    const has = this.among.has(this.hashOf(key));
    this.known.set(key, has);
    return has;
  }

  /** The condition that an id is not among them; the planner hashes the subquery once. */
  lacksSql(id: string, params: StatementParams): string {
    const salt = params.add(this.salt, 'text');
    const hashes = params.add(this.hashes, 'bytea');
    const each = `select substr(${hashes}, ${bytesEach} * n + 1, ${bytesEach}) from generate_series(0, length(${hashes}) / ${bytesEach} - 1) n`;
    return `substr(sha256(convert_to(${salt} || ${id}, 'UTF8')), 1, ${bytesEach}) not in (${each})`;
  }

  private hashOf(key: string): string {
    return createHash('sha256')
      .update(this.salt + key)
      .digest('hex')
      .slice(0, 2 * bytesEach);
  }
}
