import { createHash } from 'node:crypto';
import { KindredError, limits } from '@kindred/contracts';

const version = 1;
const hashBytes = 16;
const tokenBytes = 1 + 4 + hashBytes;

/** Opaque to callers: version, offset, and a hash of what decides order and membership of the hits. */
export function pageToken(identity: unknown, offset: number): string {
  const bytes = Buffer.alloc(tokenBytes);
  bytes.writeUInt8(version, 0);
  bytes.writeUInt32BE(offset, 1);
  hashOf(identity).copy(bytes, 5);
  return bytes.toString('base64url');
}

/** 0 for the first page. Throws PAGE_TOKEN_INVALID for garbage, PAGE_TOKEN_MISMATCH for another request's token. */
export function offsetOf(token: string, identity: unknown, limit: number): number {
  if (token === '') return 0;
  const bytes = Buffer.from(token.slice(0, 64), 'base64url');
  if (bytes.length !== tokenBytes || bytes.toString('base64url') !== token || bytes[0] !== version) {
    const message = 'page_token is none that was given out; pass next_page_token of the answer before, unchanged';
    throw new KindredError('PAGE_TOKEN_INVALID', 'page_token', message);
  }
  if (!bytes.subarray(5).equals(hashOf(identity))) {
    const message = 'page_token belongs to another request; repeat the one it came from, or start without a token';
    throw new KindredError('PAGE_TOKEN_MISMATCH', 'page_token', message);
  }
  const offset = bytes.readUInt32BE(1);
  if (offset + limit <= limits.pageDepth) return offset;
  const message = `Paging ends at ${limits.pageDepth} hits; narrow the request with a filter instead`;
  throw new KindredError('LIMIT_OUT_OF_RANGE', 'page_token', message);
}

function hashOf(identity: unknown): Buffer {
  return createHash('sha256').update(JSON.stringify(identity)).digest().subarray(0, hashBytes);
}
