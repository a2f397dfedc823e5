import { createHash } from 'node:crypto';
import { KindredError, type ScrollRequest } from '@kindred/contracts';
import { z } from 'zod';

/** The last item of a page: the next one starts behind it. */
export interface ScrollPosition {
  /** Its value in the order: the text of a number, or of microseconds since 1970; null where it has none. */
  value: string | null;
  itemId: string;
}

const version = 1;
const hashBytes = 16;
const longest = 2_048;
const stored = z.tuple([
  z
    .string()
    .max(64)
    .regex(/^-?\d+(\.\d+)?(e[-+]?\d+)?$/)
    .nullable(),
  z.string().min(1).max(1_024),
]);

/** Opaque to callers: version, a hash of the request it belongs to, and the position. */
export function scrollToken(request: ScrollRequest, tenant: string, { value, itemId }: ScrollPosition): string {
  const position = Buffer.from(JSON.stringify([value, itemId]));
  return Buffer.concat([Buffer.of(version), requestHash(request, tenant), position]).toString('base64url');
}

/** Undefined for the first page. Throws PAGE_TOKEN_INVALID for garbage, PAGE_TOKEN_MISMATCH for another request's token. */
export function readScrollToken(request: ScrollRequest, tenant: string): ScrollPosition | undefined {
  const token = request.pageToken;
  if (token === '') return undefined;
  const bytes = Buffer.from(token.slice(0, longest), 'base64url');
  const position = bytes[0] === version ? positionOf(bytes.subarray(1 + hashBytes)) : undefined;
  if (!position || bytes.toString('base64url') !== token) {
    const message = 'page_token is none that was given out; pass next_page_token of the answer before, unchanged';
    throw new KindredError('PAGE_TOKEN_INVALID', 'page_token', message);
  }
  if (!bytes.subarray(1, 1 + hashBytes).equals(requestHash(request, tenant))) {
    const message = 'page_token belongs to another scroll; repeat the request it came from, or start without a token';
    throw new KindredError('PAGE_TOKEN_MISMATCH', 'page_token', message);
  }
  return position;
}

function positionOf(bytes: Buffer): ScrollPosition | undefined {
  try {
    const [value, itemId] = stored.parse(JSON.parse(bytes.toString()));
    return itemId.includes('\u0000') ? undefined : { value, itemId };
  } catch {
    return undefined;
  }
}

/** Over what decides order and membership; the size of pages and what items carry may change on the way. */
function requestHash({ collection, filter, orderBy, descending }: ScrollRequest, tenant: string): Buffer {
  const order = orderBy === 'item_id' ? '' : orderBy;
  const identity = JSON.stringify([tenant, collection, filter ?? null, order, descending]);
  return createHash('sha256').update(identity).digest().subarray(0, hashBytes);
}
