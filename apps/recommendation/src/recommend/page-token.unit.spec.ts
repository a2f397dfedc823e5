import { KindredError } from '@kindred/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { offsetOf, pageToken, seedOf } from './page-token.ts';

const codeOf = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    if (error instanceof KindredError) return [error.code, error.field];
    throw error;
  }
  return undefined;
};

describe('a page token', () => {
  it('carries its offset back to the same request', () => {
    fc.assert(
      fc.property(fc.nat(9_000), fc.jsonValue(), (offset, identity) => {
        expect(offsetOf(pageToken(identity, offset), identity, 10)).toBe(offset);
      }),
    );
  });

  it('carries the seed of the pages before it, and none from the first page', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 32 - 1), (seed) => {
        expect(seedOf(pageToken(['a'], 10, seed))).toBe(seed);
      }),
    );
    expect(seedOf(pageToken(['a'], 10))).toBe(0);
    expect(seedOf('')).toBe(0);
  });

  it('is refused by another request', () => {
    const token = pageToken(['a'], 10);
    expect(codeOf(() => offsetOf(token, ['b'], 10))).toEqual(['PAGE_TOKEN_MISMATCH', 'page_token']);
  });

  it('is refused when it was made up, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'binary' }), (token) => {
        expect(codeOf(() => offsetOf(token, ['a'], 10))).toEqual(['PAGE_TOKEN_INVALID', 'page_token']);
      }),
    );
  });

  it('ends where paging ends', () => {
    expect(codeOf(() => offsetOf(pageToken(1, 9_995), 1, 10))).toEqual(['LIMIT_OUT_OF_RANGE', 'page_token']);
  });
});
