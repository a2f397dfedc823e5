import { once } from 'node:events';
import type { ServerDuplexStream, ServerWritableStream } from '@grpc/grpc-js';

/** Writes every value to the call at the pace its caller reads, and stops when the caller hangs up. */
export async function writeAll(
  call: ServerWritableStream<unknown, unknown> | ServerDuplexStream<unknown, unknown>,
  values: AsyncIterable<unknown>,
): Promise<void> {
  const hungUp = new AbortController();
  call.once('cancelled', () => hungUp.abort());
  for await (const value of values) {
    if (call.cancelled) return;
    if (call.write(value)) continue;
    await once(call, 'drain', { signal: hungUp.signal }).catch((error) => {
      if (!hungUp.signal.aborted) throw error;
    });
  }
}
