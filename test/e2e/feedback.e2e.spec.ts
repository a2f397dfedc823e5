import { Kindred } from '@kindred/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kafkaBrokers, postgresUrl } from '../support/backends.ts';
import { Embedded } from '../support/embedded.ts';
import { until } from '../support/kindred-process.ts';
import { Stack } from '../support/stack.ts';

const clicks = 60;
/** Far beyond what is aimed at (p95 of 250 ms on a machine of its own): a click that never comes fails. */
const patienceMs = 30_000;

interface Shop {
  catalog: Kindred;
  recommendation: Kindred;
  stop: () => Promise<void>;
}

async function overKafka(): Promise<Shop> {
  const stack = await Stack.start(postgresUrl()!, kafkaBrokers()!);
  const catalog = new Kindred({ address: stack.grpc.get('ingestion')! });
  const recommendation = new Kindred({ address: stack.grpc.get('recommendation')! });
  return { catalog, recommendation, stop: () => stack.stop() };
}

async function embedded(): Promise<Shop> {
  const started = await Embedded.start();
  const kindred = new Kindred({ address: started.address });
  return { catalog: kindred, recommendation: kindred, stop: () => started.stop() };
}

const drivers = [
  { name: 'Kafka, services apart', start: overKafka, skipped: !postgresUrl() || !kafkaBrokers() },
  { name: 'the event log of an embedded database', start: embedded, skipped: false },
];

describe.each(drivers)('feedback over $name', ({ name, start, skipped }) => {
  let shop: Shop | undefined;

  beforeAll(async () => {
    if (skipped) return;
    shop = await start();
    const { catalog } = shop;
    await catalog.collections.put({ name: 'shop', attributes: [] });
    const kinds = ['무선 마우스', 'laptop stand', '커피 원두', 'running shoes'];
    const items = Array.from({ length: 80 }, (_, at) => ({
      collection: 'shop',
      itemId: `item-${at}`,
      title: `${kinds[at % 4]} ${at}`,
    }));
    for await (const { status } of catalog.upsertItems(items, { wait: 'completed' })) expect(status).toBe('completed');
  });
  afterAll(async () => {
    shop?.catalog.close();
    shop?.recommendation.close();
    await shop?.stop();
  });

  it.skipIf(skipped)('a click changes the next answer of that person; prints how long that took', async () => {
    const { catalog, recommendation } = shop!;
    const times: number[] = [];
    for (let at = 0; at < clicks; at++) {
      const userId = `user-${at}`;
      const answer = async () => {
        const { hits } = await recommendation.recommend({ collection: 'shop', userId, limit: 5 });
        return hits.map(({ itemId, reason }) => `${itemId}: ${reason}`).join('\n');
      };
      // An answer also changes when popularity is counted anew: its reasons tell that it knows of the click.
      const knows = async () => /shown interest in|Because/.test(await answer());
      expect(await knows()).toBe(false);
      const click = { collection: 'shop', type: 'click' as const, userId, itemId: `item-${at}` };
      const [outcome] = await catalog.recordInteractions([click]);
      expect(outcome).toMatchObject({ status: 'acknowledged' });
      const acknowledged = performance.now();
      await until('the answer knows of the click', knows, patienceMs, 2);
      times.push(performance.now() - acknowledged);
    }
    times.sort((left, right) => left - right);
    const share = (part: number) => times[Math.min(times.length - 1, Math.floor(part * times.length))]!.toFixed(0);
    console.log(
      `${name}: ${clicks} clicks, acknowledged to changed answer: p50 ${share(0.5)}, p90 ${share(0.9)}, p95 ${share(0.95)}, p99 ${share(0.99)}, most ${share(1)} ms`,
    );
  });
});
