import { describe, expect, it } from 'vitest';
import { quote } from './request-failure.ts';
import { exhaustedFor, retryAfter, retryDelay } from './retry-delay.ts';

const now = Date.parse('2026-11-24T10:00:00Z');
const wait = (headers: Record<string, string>) => retryAfter(new Headers(headers), now);

describe('how long a server asks to wait', () => {
  it.each([
    ['seconds', { 'retry-after': '2.5' }, 2_500],
    ['milliseconds', { 'retry-after-ms': '300', 'retry-after': '9' }, 300],
    ['a date', { 'retry-after': 'Tue, 24 Nov 2026 10:00:30 GMT' }, 30_000],
    ['a date that is over', { 'retry-after': 'Tue, 24 Nov 2026 09:00:00 GMT' }, 0],
    ['nonsense', { 'retry-after': 'soon' }, undefined],
    ['nothing', {}, undefined],
    [
      'the longer of two allowances that are used up',
      {
        'x-ratelimit-remaining-requests': '0',
        'x-ratelimit-reset-requests': '120ms',
        'x-ratelimit-remaining-tokens': '0',
        'x-ratelimit-reset-tokens': '6m0s',
      },
      360_000,
    ],
    [
      'an allowance that is left',
      { 'x-ratelimit-remaining-requests': '3', 'x-ratelimit-reset-requests': '1s' },
      undefined,
    ],
  ])('reads %s', (_name, headers, expected) => {
    expect(wait(headers as Record<string, string>)).toBe(expected);
  });

  it('does not take a reset that it cannot read for none', () => {
    const headers = { 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': 'tomorrow' };
    expect(exhaustedFor(new Headers(headers))).toBeUndefined();
  });
});

describe('the delay of a retry', () => {
  it('is spread over a ceiling that doubles up to a bound', () => {
    expect([0, 1, 2, 10].map((retry) => retryDelay(retry, undefined, 0.5))).toEqual([125, 250, 500, 10_000]);
    expect(retryDelay(3, undefined, 0)).toBe(0);
  });

  it('is never shorter than what the server asks for', () => {
    expect(retryDelay(0, 7_000, 0)).toBe(7_000);
    expect(retryDelay(0, 7_000, 0.5)).toBe(7_125);
  });
});

describe("a provider's own words", () => {
  it('are quoted without keys, in one line, short', () => {
    expect(quote('key "abc+/=" is\n bad', 'abc+/=')).toBe('key "***" is bad');
    expect(quote('Incorrect API key provided: sk-proj-abcd****wxyz', 'another')).toBe(
      'Incorrect API key provided: ***',
    );
    expect(quote('x'.repeat(1_000), undefined)).toHaveLength(301);
  });
});
