import { KindredError } from '@kindred/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isolatePoison } from './isolate-poison.ts';
import type { BatchContext, IncomingMessage } from './messaging.ts';

class DataError extends Error {}
const isDataError = (error: unknown) => error instanceof DataError || error instanceof KindredError;
const context: BatchContext = { signal: new AbortController().signal, heartbeat: async () => undefined };

const messages = (count: number): IncomingMessage[] =>
  Array.from({ length: count }, (_, n) => ({
    tenant: 'default',
    topic: 'items.v1',
    partition: 0,
    offset: BigInt(n),
    key: `k${n}`,
    value: Buffer.from(String(n)),
    headers: {},
    receivedAt: 0n,
  }));

/** Stores a batch whole or not at all, like a transaction. */
function store(poison: Set<number>) {
  const stored: number[] = [];
  let calls = 0;
  const handle = async (batch: IncomingMessage[]) => {
    calls++;
    const offsets = batch.map(({ offset }) => Number(offset));
    if (offsets.some((offset) => poison.has(offset))) throw new DataError('invalid byte sequence');
    stored.push(...offsets);
    return batch.map(() => ({ kind: 'done' }) as const);
  };
  return { stored, handle, calls: () => calls };
}

describe('isolatePoison', () => {
  it('rejects exactly the poison and stores the others in order, wherever the poison is', async () => {
    const batches = fc.tuple(fc.integer({ min: 1, max: 60 }), fc.array(fc.nat(59), { maxLength: 8 }));
    await fc.assert(
      fc.asyncProperty(batches, async ([count, at]) => {
        const poison = new Set(at.filter((n) => n < count));
        const { stored, handle, calls } = store(poison);
        const outcomes = await isolatePoison(handle, isDataError)(messages(count), context);
        const numbers = Array.from({ length: count }, (_, n) => n);
        expect(outcomes.map(({ kind }) => kind)).toEqual(numbers.map((n) => (poison.has(n) ? 'rejected' : 'done')));
        expect(stored).toEqual(numbers.filter((n) => !poison.has(n)));
        expect(calls()).toBeLessThanOrEqual(1 + poison.size * 2 * Math.ceil(Math.log2(count + 1)));
      }),
    );
  });

  it('tells why a message was refused', async () => {
    const { handle } = store(new Set([0]));
    const [outcome] = await isolatePoison(handle, isDataError)(messages(1), context);
    expect(outcome).toMatchObject({ kind: 'rejected', error: { code: 'FIELD_INVALID' } });
    expect((outcome as { error: Error }).error.message).toContain('invalid byte sequence');
    const own = new KindredError('UNKNOWN_ATTRIBUTE', 'attributes.색상', 'no such attribute');
    const refused = await isolatePoison(async () => Promise.reject(own), isDataError)(messages(1), context);
    expect(refused).toEqual([{ kind: 'rejected', error: own }]);
  });

  it('lets other errors through: they are retried', async () => {
    const handle = async () => Promise.reject(new Error('connection lost'));
    await expect(isolatePoison(handle, isDataError)(messages(5), context)).rejects.toThrow('connection lost');
  });

  it('gives up when the partition was taken away', async () => {
    const { handle, calls } = store(new Set([0]));
    const gone = { ...context, signal: AbortSignal.abort(new Error('gone')) };
    await expect(isolatePoison(handle, isDataError)(messages(8), gone)).rejects.toThrow('gone');
    expect(calls()).toBe(1);
  });
});
