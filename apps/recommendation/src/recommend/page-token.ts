import { createHash } from 'node:crypto';
import { identityBytes, invalidToken, readToken, Shown, writeToken } from '@kindred/vector-index';

/** Where a page starts, and how the pages before it were made. */
export interface PagePosition {
  /** Hits or groups of the first page: candidates stay as many as it needed, however long later pages are. */
  firstLimit: number;
  /** By which the order of the pages is drawn; 0: it is not. */
  seed: number;
  /** Ids of hits, or keys of groups. */
  shown: Shown;
}

/** Another than those of searches: neither takes the other's. */
const version = 7;
const seedBytes = 4;
const nothing = new Shown('');

/** Opaque to callers: of the page behind the one at the position, which showed the keys. */
export function pageToken(
  identity: unknown,
  { firstLimit, seed, shown }: PagePosition,
  keys: readonly string[],
): string {
  const hash = hashOf(identity);
  const all = (shown.count > 0 ? shown : shownBy(hash)).and(keys);
  const rest = Buffer.alloc(seedBytes);
  rest.writeUInt32BE(seed);
  const frame = { version, offset: all.count, firstLimit, identity: hash };
  return writeToken({ ...frame, rest: Buffer.concat([rest, all.hashes]) });
}

/** Throws PAGE_TOKEN_INVALID for garbage, PAGE_TOKEN_MISMATCH for another request's token, LIMIT_OUT_OF_RANGE where paging ends. */
export function positionOf(
  { pageToken: token, limit }: { pageToken: string; limit: number },
  identity: unknown,
): PagePosition {
  if (token === '') return { firstLimit: limit, seed: 0, shown: nothing };
  const hash = hashOf(identity);
  const { offset, firstLimit, rest } = readToken(token, { version, identity: hash, limit });
  const shown = shownBy(hash, rest.subarray(seedBytes));
  if (rest.length < seedBytes || shown.count !== offset) throw invalidToken();
  return { firstLimit, seed: rest.readUInt32BE(), shown };
}

const shownBy = (hash: Buffer, hashes?: Buffer) => new Shown(hash.toString('hex'), hashes);

/** Of what decides order and membership of the hits. */
export const hashOf = (identity: unknown): Buffer =>
  createHash('sha256').update(JSON.stringify(identity)).digest().subarray(0, identityBytes);
