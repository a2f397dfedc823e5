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
const version = 8;
/** The limit of the first page, whether it was reranked, and the number of searches. */
const headBytes = 2 + 1 + 1;

export const nothingShown = ({ identity }: ComposedQuery) => shownBy(identity);

const shownBy = (identity: Buffer, hashes?: Buffer) => new Shown(identity.toString('hex'), hashes);

/** Opaque to callers. */
export function composedToken({ identity }: ComposedQuery, position: ComposedPosition): string {
  const { firstLimit, reranked, searches, shown } = position;
  const head = Buffer.of(0, 0, reranked === undefined ? 0 : reranked ? 1 : 2, searches.length);
  head.writeUInt16BE(firstLimit);
  const rest = Buffer.concat([head, Buffer.from(searches.map(ranByte)), shown.hashes]);
  return writeToken({ version, offset: shown.count, identity, rest });
}

/** Undefined for the first page. Throws PAGE_TOKEN_INVALID for garbage, PAGE_TOKEN_MISMATCH for another query's token. */
export function readComposedToken({ pageToken, identity, limit }: ComposedQuery): ComposedPosition | undefined {
  if (pageToken === '') return undefined;
  const { offset, rest } = readToken(pageToken, { version, identity, limit });
  if (rest.length < headBytes) throw invalidToken();
  const [reranking, count] = [rest[2]!, rest[3]!];
  const shown = shownBy(identity, rest.subarray(headBytes + count));
  if (shown.count !== offset) throw invalidToken();
  const searches = [...rest.subarray(headBytes, headBytes + count)].map(ranOfByte);
  return { firstLimit: rest.readUInt16BE(), reranked: reranking === 0 ? undefined : reranking === 1, searches, shown };
}
