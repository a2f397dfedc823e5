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
const version = 9;
/** The seed and the limit of the first page. */
const headBytes = 4 + 2;
const nothing = new Shown('');

/** Opaque to callers: of the page behind the one at the position, which showed the keys. */
export function pageToken(
  identity: unknown,
  { firstLimit, seed, shown }: PagePosition,
  keys: readonly string[],
): string {
  const hash = hashOf(identity);
  const all = (shown.count > 0 ? shown : shownBy(hash)).and(keys);
  const head = Buffer.alloc(headBytes);
  head.writeUInt32BE(seed);
  head.writeUInt16BE(firstLimit, 4);
  return writeToken({ version, offset: all.count, identity: hash, rest: Buffer.concat([head, all.hashes]) });
}

/** Throws PAGE_TOKEN_INVALID for garbage, PAGE_TOKEN_MISMATCH for another request's token, LIMIT_OUT_OF_RANGE where paging ends. */
export function positionOf(
  { pageToken: token, limit }: { pageToken: string; limit: number },
  identity: unknown,
): PagePosition {
  if (token === '') return { firstLimit: limit, seed: 0, shown: nothing };
  const hash = hashOf(identity);
  const { offset, rest } = readToken(token, { version, identity: hash, limit });
  const shown = shownBy(hash, rest.subarray(headBytes));
  if (rest.length < headBytes || shown.count !== offset) throw invalidToken();
  return { firstLimit: rest.readUInt16BE(4), seed: rest.readUInt32BE(), shown };
}

const shownBy = (hash: Buffer, hashes?: Buffer) => new Shown(hash.toString('hex'), hashes);

/** Of what decides order and membership of the hits. */
export const hashOf = (identity: unknown): Buffer =>
  createHash('sha256').update(JSON.stringify(identity)).digest().subarray(0, identityBytes);
