import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Repeated } from './repeated.ts';

describe('repeated work', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it('comes again after a failure, which is told, and not before the round in hand has ended', async () => {
    const rounds: (() => void)[] = [];
    const failures: unknown[] = [];
    const work = () =>
      new Promise<void>((resolve, reject) => {
        rounds.push(rounds.length === 0 ? () => reject(new Error('망가짐')) : resolve);
      });
    const repeated = new Repeated(work, (error) => failures.push(error));
    repeated.start(1_000);
    await vi.advanceTimersByTimeAsync(3_500);
    expect(rounds).toHaveLength(1);
    rounds[0]!();
    await vi.advanceTimersByTimeAsync(1_000);
    expect([rounds.length, failures.map(String)]).toEqual([2, ['Error: 망가짐']]);
    rounds[1]!();
    await repeated.stop();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(rounds).toHaveLength(2);
  });

  it('is told to stop, is waited for, and what it throws then is its own matter', async () => {
    const failures: unknown[] = [];
    const work = () => new Promise((_, reject) => repeated.signal.addEventListener('abort', () => reject(new Error())));
    const repeated: Repeated = new Repeated(work, (error) => failures.push(error));
    repeated.start(10);
    await vi.advanceTimersByTimeAsync(10);
    await repeated.stop();
    expect(failures).toEqual([]);
  });
});
