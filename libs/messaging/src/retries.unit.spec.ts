import { describe, expect, it } from 'vitest';
import { Retries } from './retries.ts';

const tuning = { retryFirst: 100, retryMost: 1_000 };

describe('retries of a partition', () => {
  it('wait longer each time, up to the most, with jitter of up to a half', () => {
    const retries = new Retries(tuning);
    for (const full of [100, 200, 400, 800, 1_000, 1_000]) {
      const wait = retries.failed('0', 5, new Error('x'));
      expect(wait).toBeGreaterThanOrEqual(full / 2);
      expect(wait).toBeLessThanOrEqual(full);
    }
  });

  it('start anew after a success', () => {
    const retries = new Retries(tuning);
    for (let n = 0; n < 5; n++) retries.failed('0', 5, new Error('x'));
    retries.succeeded('0');
    expect(retries.failed('0', 5, new Error('x'))).toBeLessThanOrEqual(100);
  });

  it('say what fails, how often and why, until it succeeds or goes to another member', () => {
    const retries = new Retries(tuning);
    retries.failed('items.v1/0', 500, new Error('connection refused'));
    retries.failed('items.v1/3', 7, new Error('timeout'));
    retries.failed('items.v1/3', 7, new Error('timeout'));
    expect(retries.reason).toBe('items.v1/0 failed 1 time: connection refused; items.v1/3 failed 2 times: timeout');
    expect(retries.sizeOf('items.v1/3')).toBe(7);
    retries.keepOnly(['items.v1/3']);
    retries.succeeded('items.v1/3');
    expect(retries.reason).toBe('');
    expect(retries.sizeOf('items.v1/3')).toBeUndefined();
  });
});
