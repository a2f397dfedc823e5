import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pageToken, readPageToken } from './page-token.ts';
import { checkRequest, type SearchRequest } from './search-request.ts';

const request = (more: Partial<SearchRequest> = {}) =>
  checkRequest({ tenant: 't', collection: 'shop', by: { kind: 'text', text: '무선 마우스' }, ...more });
const ran = { legs: { lexical: true, dense: false }, expanded: true, corrected: true };
const position = { offset: 0, ...ran };
const vectorsAlone = { ...position, legs: { lexical: false, dense: true } };
const hitsOf = (...ids: string[]) => ids.map((item_id, at) => ({ item_id, score: 1 / (at + 1) }));
const tokenOf = (one: Parameters<typeof pageToken>[1] = position) => pageToken(request(), one, hitsOf('가', 'b', '🖱️'));
const codeOf = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    return (error as { code: string }).code;
  }
  return 'none';
};

describe('a page token', () => {
  it('tells where the page starts, how the pages before were made, and what they showed', () => {
    const before = readPageToken(request({ pageToken: tokenOf() }))!;
    expect(before).toMatchObject({ ...ran, offset: 3, score: 1 / 3 });
    const next = readPageToken(request({ pageToken: pageToken(request(), before, hitsOf('c')) }))!;
    expect(next).toMatchObject({ ...ran, offset: 4, score: 1 });
    const known = ['가', 'b', '🖱️', 'c', 'd', '', '나'].map((id) => next.shown!.has(id));
    expect(known).toEqual([true, true, true, true, false, false, false]);
    const plain = { ...position, expanded: false, corrected: false };
    expect(readPageToken(request({ pageToken: tokenOf(plain) }))).toMatchObject({ ...plain, offset: 3 });
    expect(readPageToken(request())).toBeUndefined();
  });

  it('of vectors alone holds the last hit, however many there were', () => {
    const token = tokenOf({ ...vectorsAlone, offset: 500 });
    expect(readPageToken(request({ pageToken: token }))).toEqual({
      ...vectorsAlone,
      offset: 503,
      score: 1 / 3,
      itemId: '🖱️',
    });
    expect(token.length).toBeLessThan(80);
  });

  it.each<[string, Partial<SearchRequest>]>([
    ['tenant', { tenant: 'other' }],
    ['collection', { collection: 'other' }],
    ['text', { by: { kind: 'text', text: 'x' } }],
    ['way of searching', { by: { kind: 'user', userId: '무선 마우스' } }],
    ['mode', { mode: 'lexical' }],
    ['filter', { filter: { must: [], should: [], mustNot: [] } }],
    ['fusion', { fusion: { method: 'rrf', k: 60 } }],
    ['exactness', { exact: true }],
    ['way of reading the text', { textOptions: { literal: true } }],
  ])('does not fit another %s', (_, other) => {
    const token = tokenOf();
    expect(codeOf(() => readPageToken(request({ ...other, pageToken: token })))).toBe('PAGE_TOKEN_MISMATCH');
  });

  it('fits whatever the hits carry, and however many are wanted', () => {
    const offsetFor = (more: Partial<SearchRequest>) =>
      readPageToken(request({ pageToken: tokenOf(), ...more }))!.offset;
    expect(offsetFor({ limit: 70 })).toBe(3);
    expect(offsetFor({ payload: false, vectors: true, explain: true })).toBe(3);
  });

  it('ends where paging ends', () => {
    const ids = Array.from({ length: 9_991 }, (_, at) => `i${at}`);
    const token = pageToken(request(), position, hitsOf(...ids));
    expect(codeOf(() => readPageToken(request({ pageToken: token })))).toBe('LIMIT_OUT_OF_RANGE');
    expect(readPageToken(request({ pageToken: token, limit: 9 }))!.shown!.count).toBe(9_991);
    expect(token.length).toBeLessThan(67_000);
  });

  it('of an earlier release says to start again', () => {
    const old = Buffer.from(tokenOf(), 'base64url').fill(5, 0, 1).toString('base64url');
    expect(() => readPageToken(request({ pageToken: old }))).toThrow(/earlier release; start without a token/);
  });

  it('is refused when it is garbage, a byte short, a byte long or changed', () => {
    const token = tokenOf();
    for (const bad of [token.slice(0, -2), `${token}AA`, `${token}=`, ` ${token}`, token.toLowerCase()]) {
      expect(codeOf(() => readPageToken(request({ pageToken: bad })))).toMatch(/^PAGE_TOKEN_/);
    }
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (garbage) => {
        expect(codeOf(() => readPageToken(request({ pageToken: garbage })))).toBe('PAGE_TOKEN_INVALID');
      }),
    );
  });
});
