import { type EventLoad, eventLoad } from './event-load.ts';
import { kcat } from './producers.ts';
import type { ServiceName, Stack } from './stack.ts';

/** Sends events by kcat, kills the service (kill -9) `afterMs` into it, starts it again. Returns what was sent. */
export async function killRound(stack: Stack, name: ServiceName, seed: number, afterMs: number): Promise<EventLoad> {
  const load = eventLoad({ collection: 'shop', itemEvents: 3_000, interactionEvents: 6_000, seed, part: `k${seed}` });
  const sent = Promise.all([
    kcat(stack.brokers, 'items.v1', load.items),
    kcat(stack.brokers, 'interactions.v1', load.interactions),
  ]);
  await new Promise((resolve) => setTimeout(resolve, afterMs));
  await stack.process(name).kill();
  await stack.process(name).start();
  await sent;
  return load;
}
