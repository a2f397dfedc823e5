import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pageToken, readPageToken } from './page-token.ts';
import { checkRequest, type SearchRequest } from './search-request.ts';

const request = (more: Partial<SearchRequest> = {}) =>
  checkRequest({ tenant: 't', collection: 'shop', by: { kind: 'text', text: '무선 마우스' }, ...more });
const position = { offset: 30, firstLimit: 10, legs: { lexical: true, dense: false }, expanded: true, corrected: true };
const codeOf = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    return (error as { code: string }).code;
  }
  return 'none';
};

describe('a page token', () => {
  it('tells where the page starts and which legs ran', () => {
    expect(readPageToken(request({ pageToken: pageToken(request(), position) }))).toEqual(position);
    const plain = { ...position, expanded: false, corrected: false };
    expect(readPageToken(request({ pageToken: pageToken(request(), plain) }))).toEqual(plain);
    expect(readPageToken(request())).toBeUndefined();
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
    const token = pageToken(request(), position);
    expect(codeOf(() => readPageToken(request({ ...other, pageToken: token })))).toBe('PAGE_TOKEN_MISMATCH');
  });

  it('fits whatever the hits carry, and however many are wanted', () => {
    const token = pageToken(request(), position);
    expect(readPageToken(request({ pageToken: token, limit: 70 }))).toEqual(position);
    expect(readPageToken(request({ pageToken: token, payload: false, vectors: true, explain: true }))).toEqual(
      position,
    );
  });

  it('ends where paging ends', () => {
    const token = pageToken(request(), { ...position, offset: 9_991 });
    expect(codeOf(() => readPageToken(request({ pageToken: token })))).toBe('LIMIT_OUT_OF_RANGE');
  });

  it('is refused when it is garbage, a byte short, a byte long or changed', () => {
    const token = pageToken(request(), position);
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
