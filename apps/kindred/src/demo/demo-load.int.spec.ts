import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TopicName } from '@kindred/contracts';
import type { OutgoingMessage } from '@kindred/messaging';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { demoTotals } from './demo-files.ts';
import { DemoLoad } from './demo-load.ts';
import { newMarker, readMarker } from './demo-marker.ts';

const everything = demoTotals.products + demoTotals.movies + demoTotals.ratings;

/** Keeps what was published, and dies when told to. */
class FakeMessaging {
  readonly events: { topic: TopicName; value: string }[] = [];
  dieAfter = Number.POSITIVE_INFINITY;

  async publish(topic: TopicName, messages: OutgoingMessage[]): Promise<void> {
    for (const { value } of messages) this.events.push({ topic, value: String(value) });
    if (this.events.length >= this.dieAfter) throw new Error('killed');
  }
}

let dataFolder: string;
beforeEach(async () => {
  dataFolder = await mkdtemp(join(tmpdir(), 'kindred-demo-'));
});
afterEach(() => rm(dataFolder, { recursive: true }));

async function run(messaging: FakeMessaging, settled: () => boolean = () => true): Promise<void> {
  const watch = { inFlight: () => 0, published: () => undefined, settled: async () => settled() };
  const options = { messaging, tenant: 'default', dataFolder, watch, signal: new AbortController().signal };
  await new DemoLoad(options, (await readMarker(dataFolder)) ?? newMarker()).run();
}

describe('loading the demo', () => {
  it('goes on where a killed run ended: nothing is missing, and at most a chunk came twice', async () => {
    const messaging = new FakeMessaging();
    messaging.dieAfter = 40_000;
    await expect(run(messaging)).rejects.toThrow('killed');
    expect(await readMarker(dataFolder)).toMatchObject({ complete: false });
    messaging.dieAfter = Number.POSITIVE_INFINITY;
    await run(messaging);
    expect(new Set(messaging.events.map((event) => event.value)).size).toBe(everything);
    expect(messaging.events.length - everything).toBeLessThanOrEqual(3_500);
    expect(await readMarker(dataFolder)).toEqual({ version: 1, published: demoTotals, complete: true });
  });

  it('publishes nothing at the next start', async () => {
    await writeFile(
      join(dataFolder, 'demo.json'),
      JSON.stringify({ version: 1, published: demoTotals, complete: true }),
    );
    const messaging = new FakeMessaging();
    await run(messaging);
    expect(messaging.events).toEqual([]);
  });

  it('begins again, once, when events that were noted as published are not in', async () => {
    await writeFile(
      join(dataFolder, 'demo.json'),
      JSON.stringify({ version: 1, published: demoTotals, complete: false }),
    );
    const messaging = new FakeMessaging();
    await run(messaging, () => messaging.events.length > 0);
    expect(messaging.events).toHaveLength(everything);
  });

  it('begins again when the marker cannot be read', async () => {
    await writeFile(join(dataFolder, 'demo.json'), '{"version":1,"publ');
    expect(await readMarker(dataFolder)).toEqual(newMarker());
  });
});
