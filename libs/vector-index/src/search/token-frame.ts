import { KindredError, limits } from '@kindred/contracts';

/** What page tokens of every kind begin with. */
export interface TokenFrame {
  /** The kind of the token: neither takes another's. */
  version: number;
  /** Hits, or groups, of the pages before. */
  offset: number;
  /** A hash of the request it belongs to. */
  identity: Buffer;
  rest: Buffer;
}

export const identityBytes = 16;
const identityAt = 1 + 4;
const restAt = identityAt + identityBytes;
/** Versions 1 to 4 counted the hits of the pages before, 5 and 6 had the limit of the first page here. */
const firstVersion = 7;
/** Characters: five bytes for each hit that paging goes through, and some hundreds beside. */
const longest = 8 * limits.pageDepth;

export function writeToken({ version, offset, identity, rest }: TokenFrame): string {
  const head = Buffer.alloc(restAt);
  head.writeUInt8(version, 0);
  head.writeUInt32BE(offset, 1);
  identity.copy(head, identityAt, 0, identityBytes);
  return Buffer.concat([head, rest]).toString('base64url');
}

/** Throws PAGE_TOKEN_INVALID for garbage, PAGE_TOKEN_MISMATCH for another query's token, LIMIT_OUT_OF_RANGE where paging ends. */
export function readToken(
  token: string,
  { version, identity, limit }: Pick<TokenFrame, 'version' | 'identity'> & { limit: number },
): Pick<TokenFrame, 'offset' | 'rest'> {
  const bytes = Buffer.from(token.slice(0, longest), 'base64url');
  if (bytes.toString('base64url') !== token || bytes.length < restAt) throw invalidToken();
  if (bytes[0]! < firstVersion) throw invalidToken('is of an earlier release; start without a token');
  if (bytes[0] !== version || !bytes.subarray(identityAt, restAt).equals(identity.subarray(0, identityBytes))) {
    const message = 'page_token belongs to another query; repeat the query it came from, or start without a token';
    throw new KindredError('PAGE_TOKEN_MISMATCH', 'page_token', message);
  }
  const offset = bytes.readUInt32BE(1);
  if (offset + limit > limits.pageDepth) {
    const message = `Paging ends at ${limits.pageDepth} hits; narrow the query with a filter instead`;
    throw new KindredError('LIMIT_OUT_OF_RANGE', 'page_token', message);
  }
  return { offset, rest: bytes.subarray(restAt) };
}

export function invalidToken(
  why = 'is none that was given out; pass next_page_token of the answer before, unchanged',
): KindredError {
  return new KindredError('PAGE_TOKEN_INVALID', 'page_token', `page_token ${why}`);
}

/** How a search was made. */
export interface Ran {
  legs: { lexical: boolean; dense: boolean };
  /** The lexical leg looked for extra words too. */
  expanded: boolean;
  /** Words that no item has were replaced. */
  corrected: boolean;
}

/** In one byte. */
export const ranByte = ({ legs, expanded, corrected }: Ran): number =>
  (legs.lexical ? 1 : 0) | (legs.dense ? 2 : 0) | (expanded ? 4 : 0) | (corrected ? 8 : 0);

export const ranOfByte = (bits: number): Ran => ({
  legs: { lexical: (bits & 1) > 0, dense: (bits & 2) > 0 },
  expanded: (bits & 4) > 0,
  corrected: (bits & 8) > 0,
});
