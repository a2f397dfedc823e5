import { createHash } from 'node:crypto';
import { KindredError, limits } from '@kindred/contracts';
import type { CheckedRequest } from './search-request.ts';

/** Where a page starts, and which legs made the pages before it. */
export interface PagePosition {
  offset: number;
  /** Hits of the first page: pools stay as deep as it needed, however many hits later pages have. */
  firstLimit: number;
  legs: { lexical: boolean; dense: boolean };
  /** The lexical leg looked for extra words too. */
  expanded: boolean;
  /** The last hit, where pages go on behind it. */
  last?: { score: number; itemId: string };
  /** Words that no item has were replaced. */
  corrected: boolean;
}

const version = 3;
const hashBytes = 16;
const headBytes = 1 + 1 + 4 + 2;
const leastBytes = headBytes + hashBytes;
/** A score, then the id in UTF-8. */
const scoreBytes = 8;
const mostBytes = leastBytes + scoreBytes + limits.id;

/** Opaque to callers: version, legs, offset, hits of the first page, a hash of the request it belongs to, and the last hit. */
export function pageToken(request: CheckedRequest, position: PagePosition): string {
  const { offset, firstLimit, legs, expanded, corrected, last } = position;
  const bytes = Buffer.alloc(leastBytes);
  bytes.writeUInt8(version, 0);
  bytes.writeUInt8((legs.lexical ? 1 : 0) | (legs.dense ? 2 : 0) | (expanded ? 4 : 0) | (corrected ? 8 : 0), 1);
  bytes.writeUInt32BE(offset, 2);
  bytes.writeUInt16BE(firstLimit, 6);
  requestHash(request).copy(bytes, headBytes);
  if (!last) return bytes.toString('base64url');
  const score = Buffer.alloc(scoreBytes);
  score.writeDoubleBE(last.score);
  return Buffer.concat([bytes, score, Buffer.from(last.itemId)]).toString('base64url');
}

/** Undefined for the first page. Throws PAGE_TOKEN_INVALID for garbage, PAGE_TOKEN_MISMATCH for another query's token. */
export function readPageToken(request: CheckedRequest): PagePosition | undefined {
  const token = request.pageToken;
  if (token === '') return undefined;
  const bytes = Buffer.from(token.slice(0, 2 * mostBytes), 'base64url');
  const whole = bytes.length === leastBytes || bytes.length > leastBytes + scoreBytes;
  const wellFormed = whole && bytes.toString('base64url') === token && bytes[0] === version;
  if (!wellFormed) {
    const message = 'page_token is none that was given out; pass next_page_token of the answer before, unchanged';
    throw new KindredError('PAGE_TOKEN_INVALID', 'page_token', message);
  }
  if (!bytes.subarray(headBytes, leastBytes).equals(requestHash(request))) {
    const message = 'page_token belongs to another query; repeat the query it came from, or start without a token';
    throw new KindredError('PAGE_TOKEN_MISMATCH', 'page_token', message);
  }
  return position(bytes, request.limit);
}

function position(bytes: Buffer, limit: number): PagePosition {
  const offset = bytes.readUInt32BE(2);
  if (offset + limit > limits.pageDepth) {
    const message = `Paging ends at ${limits.pageDepth} hits; narrow the query with a filter instead`;
    throw new KindredError('LIMIT_OUT_OF_RANGE', 'page_token', message);
  }
  const legs = { lexical: (bytes[1]! & 1) > 0, dense: (bytes[1]! & 2) > 0 };
  const flags = { expanded: (bytes[1]! & 4) > 0, corrected: (bytes[1]! & 8) > 0 };
  return { offset, firstLimit: bytes.readUInt16BE(6), legs, ...flags, ...lastOf(bytes.subarray(leastBytes)) };
}

const lastOf = (bytes: Buffer): Pick<PagePosition, 'last'> =>
  bytes.length === 0 ? {} : { last: { score: bytes.readDoubleBE(), itemId: bytes.subarray(scoreBytes).toString() } };

/** Over everything that decides order and membership of the hits; how many, and what they carry, may differ from page to page. */
function requestHash(request: CheckedRequest): Buffer {
  const { tenant, collection, by, mode, filter, exact, efSearch, fusion, options } = request;
  const { highlight: _, ...reading } = options;
  const { probes = null, recallTarget = null, distance = null } = request;
  const breadth = [exact, efSearch ?? null, probes, recallTarget, distance];
  // Hundreds of numbers are four times as fast as bytes as they are as text.
  const [example, numbers] = by.kind === 'vector' ? [{ ...by, values: [] }, Float64Array.from(by.values)] : [by];
  const identity = [tenant, collection, example, mode, filter ?? null, breadth, fusion, reading];
  const hash = createHash('sha256').update(JSON.stringify(identity));
  if (numbers) hash.update(numbers);
  return hash.digest().subarray(0, hashBytes);
}
