import { invalidToken, type Ran, ranByte, ranOfByte, readToken, Shown, writeToken } from '@kindred/vector-index';
import type { ComposedQuery } from './composed-query.ts';

/** Where a page starts, and how the pages before it were made. */
export interface ComposedPosition {
  /** Hits or groups of the first page: pools stay as deep as it needed, however many later pages have. */
  firstLimit: number;
  /** Undefined where nothing was to be reranked. */
  reranked?: boolean;
  /** Which legs each search ran, in their order. */
  searches: Ran[];
  /** Keys of hits, or of groups. */
  shown: Shown;
}

/** Another than that of plain queries: neither takes the other's. */
const version = 6;

export const nothingShown = ({ identity }: ComposedQuery) => shownBy(identity);

const shownBy = (identity: Buffer, hashes?: Buffer) => new Shown(identity.toString('hex'), hashes);

/** Opaque to callers. */
export function composedToken({ identity }: ComposedQuery, position: ComposedPosition): string {
  const { firstLimit, reranked, searches, shown } = position;
  const ran = [reranked === undefined ? 0 : reranked ? 1 : 2, searches.length, ...searches.map(ranByte)];
  const rest = Buffer.concat([Buffer.from(ran), shown.hashes]);
  return writeToken({ version, offset: shown.count, firstLimit, identity, rest });
}

/** Undefined for the first page. Throws PAGE_TOKEN_INVALID for garbage, PAGE_TOKEN_MISMATCH for another query's token. */
export function readComposedToken({ pageToken, identity, limit }: ComposedQuery): ComposedPosition | undefined {
  if (pageToken === '') return undefined;
  const { offset, firstLimit, rest } = readToken(pageToken, { version, identity, limit });
  const [reranking = 0, count = 0] = rest;
  const shown = shownBy(identity, rest.subarray(2 + count));
  if (shown.count !== offset) throw invalidToken();
  const searches = [...rest.subarray(2, 2 + count)].map(ranOfByte);
  return { firstLimit, reranked: reranking === 0 ? undefined : reranking === 1, searches, shown };
}
