import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SessionQueue } from './session-queue.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('SessionQueue', () => {
  it('lends the session to one holder at a time, whoever comes in whatever order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.boolean(), { maxLength: 60 }), async (callers) => {
        const queue = new SessionQueue();
        let holders = 0;
        let served = 0;
        await Promise.all(
          callers.map(async (urgent) => {
            const giveOn = await queue.acquire(urgent);
            holders += 1;
            expect(holders).toBe(1);
            await Promise.resolve();
            holders -= 1;
            served += 1;
            giveOn();
          }),
        );
        expect(served).toBe(callers.length);
      }),
      { numRuns: 50 },
    );
  });

  it('serves urgent callers first, and each kind in its order', async () => {
    const queue = new SessionQueue();
    const order: string[] = [];
    const first = await queue.acquire(false);
    const call = async (name: string, urgent: boolean) => {
      const giveOn = await queue.acquire(urgent);
      order.push(name);
      giveOn();
    };
    const calls = [call('w1', false), call('r1', true), call('w2', false), call('r2', true)];
    first();
    await Promise.all(calls);
    expect(order).toEqual(['r1', 'r2', 'w1', 'w2']);
  });

  it('lets an ordinary caller in after 32 urgent ones at most', async () => {
    const queue = new SessionQueue();
    const order: string[] = [];
    const first = await queue.acquire(true);
    const call = async (name: string, urgent: boolean) => {
      const giveOn = await queue.acquire(urgent);
      order.push(name);
      giveOn();
    };
    const calls = [call('w', false), ...Array.from({ length: 100 }, () => call('r', true))];
    first();
    await Promise.all(calls);
    expect(order.indexOf('w')).toBe(32);
  });

  it('forgets a caller whose signal aborts while it waits', async () => {
    const queue = new SessionQueue();
    const giveOn = await queue.acquire(false);
    const controller = new AbortController();
    const gone = queue.acquire(false, controller.signal);
    const stays = queue.acquire(false);
    controller.abort();
    await expect(gone).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    giveOn();
    (await stays)();
    await turn();
    (await queue.acquire(true))();
  });

  it('rejects everybody, now and later, once it has failed', async () => {
    const queue = new SessionQueue();
    await queue.acquire(false);
    const waiting = [queue.acquire(true), queue.acquire(false)];
    queue.fail(new Error('gone'));
    queue.fail(new Error('again'));
    for (const one of [...waiting, queue.acquire(true)]) await expect(one).rejects.toThrow('gone');
  });
});
