import { KindredError } from '@kindred/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pageToken, positionOf } from './page-token.ts';

const codeOf = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    if (error instanceof KindredError) return [error.code, error.field];
    throw error;
  }
  return undefined;
};

const first = (limit: number, seed = 0) => ({ ...positionOf({ pageToken: '', limit }, 1), seed });
const ids = (count: number, from = 0) => Array.from({ length: count }, (_, at) => `상품-${from + at}`);

describe('a page token', () => {
  it('carries what all pages before have shown back to the same request', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 20 }), fc.string(), (one, two, of) => {
        const [earlier, later] = [ids(one), ids(two, one)];
        const second = positionOf({ pageToken: pageToken([of], first(7), earlier), limit: 3 }, [of]);
        expect([...earlier, ...later].filter((id) => second.shown.has(id))).toEqual(earlier);
        const third = positionOf({ pageToken: pageToken([of], second, later), limit: 5 }, [of]);
        expect(third).toMatchObject({ firstLimit: 7, shown: { count: one + two } });
        expect([...earlier, ...later].every((id) => third.shown.has(id))).toBe(true);
      }),
    );
  });

  it('carries the seed of the pages before it', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 32 - 1), (seed) => {
        expect(positionOf({ pageToken: pageToken(['a'], first(10, seed), ['x']), limit: 10 }, ['a']).seed).toBe(seed);
      }),
    );
  });

  it('is refused by another request', () => {
    const token = pageToken(['a'], first(10), ['x']);
    const read = () => positionOf({ pageToken: token, limit: 10 }, ['b']);
    expect(codeOf(read)).toEqual(['PAGE_TOKEN_MISMATCH', 'page_token']);
  });

  it('is refused when it was made up, cut off, or is of an earlier release', () => {
    const refused = ['PAGE_TOKEN_INVALID', 'page_token'];
    const read = (pageToken: string) => codeOf(() => positionOf({ pageToken, limit: 10 }, ['a']));
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'binary' }), (token) => {
        expect(read(token)).toEqual(refused);
      }),
    );
    const token = Buffer.from(pageToken(['a'], first(10), ['x', 'y']), 'base64url');
    for (let end = 1; end < token.length; end++) {
      expect(read(token.subarray(0, end).toString('base64url'))).toEqual(refused);
    }
    // As recommendations made them when they counted places.
    expect(read(Buffer.alloc(25, 2).toString('base64url'))).toEqual(refused);
  });

  it('ends where paging ends', () => {
    const token = pageToken(1, first(10), ids(9_995));
    expect(codeOf(() => positionOf({ pageToken: token, limit: 10 }, 1))).toEqual(['LIMIT_OUT_OF_RANGE', 'page_token']);
    expect(positionOf({ pageToken: token, limit: 5 }, 1).shown.count).toBe(9_995);
  });
});
