import { createHash } from 'node:crypto';
import { KindredError, limits } from '@kindred/contracts';

const version = 2;
const hashBytes = 16;
const tokenBytes = 1 + 4 + 4 + hashBytes;

/**
 * Opaque to callers: version, offset, the seed of a page whose order was drawn (0: none was), and a hash of what decides
 * order and membership of the hits.
 */
export function pageToken(identity: unknown, offset: number, seed = 0): string {
  const bytes = Buffer.alloc(tokenBytes);
  bytes.writeUInt8(version, 0);
  bytes.writeUInt32BE(offset, 1);
  bytes.writeUInt32BE(seed, 5);
  hashOf(identity).copy(bytes, 9);
  return bytes.toString('base64url');
}

/** Of a token that `offsetOf` took; 0 for the first page. */
export const seedOf = (token: string): number => (token === '' ? 0 : Buffer.from(token, 'base64url').readUInt32BE(5));

/** 0 for the first page. Throws PAGE_TOKEN_INVALID for garbage, PAGE_TOKEN_MISMATCH for another request's token. */
export function offsetOf(token: string, identity: unknown, limit: number): number {
  if (token === '') return 0;
  const bytes = Buffer.from(token.slice(0, 64), 'base64url');
  if (bytes.length !== tokenBytes || bytes.toString('base64url') !== token || bytes[0] !== version) {
    const message = 'page_token is none that was given out; pass next_page_token of the answer before, unchanged';
    throw new KindredError('PAGE_TOKEN_INVALID', 'page_token', message);
  }
  if (!bytes.subarray(9).equals(hashOf(identity))) {
    const message = 'page_token belongs to another request; repeat the one it came from, or start without a token';
    throw new KindredError('PAGE_TOKEN_MISMATCH', 'page_token', message);
  }
  const offset = bytes.readUInt32BE(1);
  if (offset + limit <= limits.pageDepth) return offset;
  const message = `Paging ends at ${limits.pageDepth} hits; narrow the request with a filter instead`;
  throw new KindredError('LIMIT_OUT_OF_RANGE', 'page_token', message);
}

/** Of what decides order and membership of the hits. */
export function hashOf(identity: unknown): Buffer {
  return createHash('sha256').update(JSON.stringify(identity)).digest().subarray(0, hashBytes);
}
