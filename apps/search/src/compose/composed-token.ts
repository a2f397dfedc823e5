import { KindredError, limits } from '@kindred/contracts';
import type { PagePosition } from '@kindred/vector-index';
import type { ComposedQuery } from './composed-query.ts';
import type { ReadLeaf } from './plan-stages.ts';

/** Where a page starts, and how the pages before it were made. */
export interface ComposedPosition {
  offset: number;
  /** Hits or groups of the first page: pools stay as deep as it needed, however many later pages have. */
  firstLimit: number;
  /** Undefined where nothing was to be reranked. */
  reranked?: boolean;
  /** Which legs each search ran, in their order. */
  searches: Ran[];
}

/** Which legs a search ran. */
export type Ran = Omit<PagePosition, 'offset' | 'firstLimit'>;

/** Another than that of plain queries: neither takes the other's. */
const version = 4;
const hashBytes = 16;
const hashAt = 1 + 1 + 4 + 2;
const headBytes = hashAt + hashBytes;

/** Opaque to callers: version, reranking, offset, hits of the first page, a hash of the request, and a byte per search. */
export function composedToken({ identity }: ComposedQuery, position: ComposedPosition): string {
  const { offset, firstLimit, reranked, searches } = position;
  const bytes = Buffer.alloc(headBytes + searches.length);
  bytes.writeUInt8(version, 0);
  bytes.writeUInt8(reranked === undefined ? 0 : reranked ? 1 : 2, 1);
  bytes.writeUInt32BE(offset, 2);
  bytes.writeUInt16BE(firstLimit, 6);
  identity.copy(bytes, hashAt, 0, hashBytes);
  for (const [at, { legs, expanded, corrected }] of searches.entries()) {
    const bits = (legs.lexical ? 1 : 0) | (legs.dense ? 2 : 0) | (expanded ? 4 : 0) | (corrected ? 8 : 0);
    bytes.writeUInt8(bits, headBytes + at);
  }
  return bytes.toString('base64url');
}

/** Undefined for the first page. Throws PAGE_TOKEN_INVALID for garbage, PAGE_TOKEN_MISMATCH for another query's token. */
export function readComposedToken({ pageToken, identity, limit }: ComposedQuery): ComposedPosition | undefined {
  if (pageToken === '') return undefined;
  const bytes = Buffer.from(pageToken.slice(0, 128), 'base64url');
  if (bytes.length < headBytes || bytes.toString('base64url') !== pageToken || bytes[0]! > version) {
    const message = 'page_token is none that was given out; pass next_page_token of the answer before, unchanged';
    throw new KindredError('PAGE_TOKEN_INVALID', 'page_token', message);
  }
  if (bytes[0] !== version || !bytes.subarray(hashAt, headBytes).equals(identity.subarray(0, hashBytes))) {
    const message = 'page_token belongs to another query; repeat the query it came from, or start without a token';
    throw new KindredError('PAGE_TOKEN_MISMATCH', 'page_token', message);
  }
  const offset = bytes.readUInt32BE(2);
  if (offset + limit > limits.pageDepth) {
    const message = `Paging ends at ${limits.pageDepth} hits; narrow the query with a filter instead`;
    throw new KindredError('LIMIT_OUT_OF_RANGE', 'page_token', message);
  }
  const searches = [...bytes.subarray(headBytes)].map((bits) => ({
    legs: { lexical: (bits & 1) > 0, dense: (bits & 2) > 0 },
    expanded: (bits & 4) > 0,
    corrected: (bits & 8) > 0,
  }));
  const reranked = bytes[1] === 0 ? undefined : bytes[1] === 1;
  return { offset, firstLimit: bytes.readUInt16BE(6), reranked, searches };
}

/** What a leaf ran, for the pages behind this one. */
export const ranOf = ({ legs, read }: ReadLeaf): Ran => ({
  legs: { lexical: legs.lexical !== undefined, dense: legs.dense !== undefined },
  expanded: legs.lexical?.extra !== undefined,
  corrected: read.corrected,
});
