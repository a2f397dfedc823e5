import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Outbox } from './outbox.ts';
import { retryDelay } from './retries.ts';

/** Sends up to `count` requests. */
async function send(outbox: Outbox<number>, count: number): Promise<number[]> {
  const sent: number[] = [];
  while (sent.length < count) {
    const next = await outbox.peek();
    if (next.done) break;
    outbox.taken(next.value);
    sent.push(next.value);
  }
  return sent;
}

describe('an outbox', () => {
  it('begins with the first request again until an answer came, and goes on where it was after that', async () => {
    const attempts = fc.array(fc.nat(12), { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(fc.nat(20), attempts, fc.nat(12), async (length, counts, last) => {
        const source = Array.from({ length }, (_, n) => n);
        const outbox = new Outbox(source);
        for (const count of counts) {
          expect(await send(outbox, count)).toEqual(source.slice(0, count));
          outbox.rewind();
        }
        const before = await send(outbox, last);
        outbox.stopKeeping();
        expect([...before, ...(await send(outbox, length + 1))]).toEqual(source);
      }),
    );
  });

  it('gives the same request until it is taken', async () => {
    const outbox = new Outbox(['a', 'b']);
    const [one, two] = await Promise.all([outbox.peek(), outbox.peek()]);
    expect([one.value, two.value, (await outbox.peek()).value]).toEqual(['a', 'a', 'a']);
  });

  it('does not wait for a source that never answers', async () => {
    async function* stuck() {
      await new Promise(() => undefined);
      yield 1;
    }
    const outbox = new Outbox(stuck());
    outbox.peek();
    await outbox.close();
  });
});

describe('the wait before a retry', () => {
  it('doubles, and leaves half to chance', () => {
    expect([0, 1, 2].map((attempt) => retryDelay(attempt, () => 0))).toEqual([50, 100, 200]);
    expect([0, 1, 2].map((attempt) => retryDelay(attempt, () => 1))).toEqual([100, 200, 400]);
  });
});
