import { createHash } from 'node:crypto';
import type { CheckedRequest } from './search-request.ts';
import { Shown } from './shown.ts';
import { identityBytes, invalidToken, type Ran, ranByte, ranOfByte, readToken, writeToken } from './token-frame.ts';

/** Where a page starts, and how the pages before it were made. */
export interface PagePosition extends Ran {
  offset: number;
  /** Of the last hit. */
  score: number;
  /** The last hit, where pages go on behind it: of vectors alone, whose scores no other item changes. */
  itemId?: string;
  /** All hits, where scores depend on what else there is. */
  shown?: Shown;
}

const version = 7;
const scoreBytes = 8;

/** Opaque to callers: of the page behind these hits, which begin at the position. */
export function pageToken(
  request: CheckedRequest,
  position: Omit<PagePosition, 'score' | 'itemId'>,
  hits: readonly { score: number; item_id: string }[],
): string {
  const identity = requestHash(request);
  const { offset, shown = shownBy(identity) } = position;
  const last = hits.at(-1)!;
  const known = position.legs.lexical ? shown.and(hits.map((hit) => hit.item_id)).hashes : Buffer.from(last.item_id);
  const score = Buffer.alloc(scoreBytes);
  score.writeDoubleBE(last.score);
  const rest = Buffer.concat([Buffer.of(ranByte(position)), score, known]);
  return writeToken({ version, offset: offset + hits.length, identity, rest });
}

/** Undefined for the first page. Throws PAGE_TOKEN_INVALID for garbage, PAGE_TOKEN_MISMATCH for another query's token. */
export function readPageToken(request: CheckedRequest): PagePosition | undefined {
  const { pageToken: token, limit } = request;
  if (token === '') return undefined;
  const identity = requestHash(request);
  const { offset, rest } = readToken(token, { version, identity, limit });
  const known = rest.subarray(1 + scoreBytes);
  if (known.length === 0) throw invalidToken();
  const position = { offset, score: rest.readDoubleBE(1), ...ranOfByte(rest[0]!) };
  if (!position.legs.lexical) return { ...position, itemId: known.toString() };
  const shown = shownBy(identity, known);
  if (shown.count !== offset) throw invalidToken();
  return { ...position, shown };
}

const shownBy = (identity: Buffer, hashes?: Buffer) => new Shown(identity.toString('hex'), hashes);

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
  return hash.digest().subarray(0, identityBytes);
}
