import { describe, expect, it, vi } from 'vitest';
import { Readiness } from './index.ts';

const fine = () => ({ ready: true, reason: '' });

describe('readiness', () => {
  it('is no before the start and while stopping', async () => {
    const readiness = new Readiness();
    expect(await readiness.report()).toEqual({
      ready: false,
      checks: [{ name: 'server', ready: false, reason: 'starting' }],
    });
    readiness.start();
    expect((await readiness.report()).ready).toBe(true);
    readiness.drain();
    expect((await readiness.report()).checks[0]?.reason).toBe('shutting down');
  });

  it('asks only the checks that a service needs', async () => {
    const readiness = new Readiness();
    readiness.start();
    readiness.add('everybody', fine);
    readiness.add('embedding only', () => ({ ready: false, reason: 'lagging' }), ['kindred.v1.EmbeddingService']);
    expect((await readiness.report('kindred.v1.SearchService')).ready).toBe(true);
    expect((await readiness.report('kindred.v1.EmbeddingService')).ready).toBe(false);
    expect((await readiness.report()).ready).toBe(false);
  });

  it('takes a check that throws for a no with its message', async () => {
    const readiness = new Readiness();
    readiness.add('database', () => Promise.reject(new Error('connection refused')));
    expect((await readiness.report()).checks).toContainEqual({
      name: 'database',
      ready: false,
      reason: 'connection refused',
    });
  });

  it('does not wait for a check that hangs', async () => {
    vi.useFakeTimers();
    const readiness = new Readiness();
    readiness.add('broker', () => new Promise(() => undefined));
    const report = readiness.report();
    await vi.advanceTimersByTimeAsync(1_000);
    vi.useRealTimers();
    expect((await report).checks[1]?.reason).toBe('did not answer within 1000 ms');
  });

  it('refuses a second check of the same name', () => {
    const readiness = new Readiness();
    readiness.add('database', fine);
    expect(() => readiness.add('database', fine)).toThrow('"database"');
  });
});
