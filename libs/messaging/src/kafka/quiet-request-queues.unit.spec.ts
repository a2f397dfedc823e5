import { createRequire } from 'node:module';
import { describe, expect, it, vi } from 'vitest';
import { quietRequestQueues } from './quiet-request-queues.ts';

const RequestQueue = createRequire(import.meta.url)('kafkajs/src/network/requestQueue');
const logger = { debug: () => undefined, warn: () => undefined };

describe("kafkajs's request queues, mended", () => {
  quietRequestQueues();
  const newQueue = (maxInFlightRequests: number | null) =>
    new RequestQueue({ maxInFlightRequests, requestTimeout: 1_000, clientId: 'c', broker: 'b', logger });

  it('set no timer when nothing waits', () => {
    const queue = newQueue(null);
    queue.checkPendingRequests();
    expect(queue.throttleCheckTimeoutId).toBeNull();
  });

  it('send what was throttled once the time is over', async () => {
    const queue = newQueue(null);
    const sent: number[] = [];
    queue.maybeThrottle(30);
    queue.push({ entry: { correlationId: 1 }, expectResponse: true, sendRequest: () => sent.push(1) });
    expect(sent).toEqual([]);
    await vi.waitFor(() => expect(sent).toEqual([1]));
  });

  it('send what waited for another request when that is answered', () => {
    const queue = newQueue(1);
    const sent: number[] = [];
    for (const correlationId of [1, 2]) {
      const entry = { correlationId, resolve: () => undefined, reject: () => undefined };
      queue.push({ entry, expectResponse: true, sendRequest: () => sent.push(correlationId) });
    }
    expect(sent).toEqual([1]);
    queue.fulfillRequest({ correlationId: 1, payload: Buffer.alloc(0), size: 0 });
    expect(sent).toEqual([1, 2]);
    queue.destroy();
  });
});
