import { Kindred } from '@kindred/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kafkaBrokers, postgresUrl } from '../support/backends.ts';
import { expectExactDelivery } from '../support/delivery.ts';
import { eventLoad } from '../support/event-load.ts';
import { killRound } from '../support/kill-round.ts';
import { until } from '../support/kindred-process.ts';
import { consoleProducer, kcat } from '../support/producers.ts';
import { seeded } from '../support/random.ts';
import { Stack, serviceNames } from '../support/stack.ts';

const [databaseUrl, brokers] = [postgresUrl(), kafkaBrokers()];

describe.skipIf(!databaseUrl || !brokers)('the services in separate processes, fed by other people’s producers', () => {
  let stack: Stack;
  let catalog: Kindred;

  beforeAll(async () => {
    stack = await Stack.start(databaseUrl!, brokers!);
    catalog = new Kindred({ address: stack.grpc.get('ingestion')! });
    await catalog.collections.put({ name: 'shop', attributes: [] });
  });

  afterAll(async () => {
    catalog?.close();
    await stack?.stop();
  });

  it('store 20,000 item events and 50,000 interactions exactly, newest revision winning, poison set aside', async () => {
    const load = eventLoad({ collection: 'shop', itemEvents: 20_000, interactionEvents: 50_000, seed: 11 });
    const half = load.interactions.length / 2;
    await Promise.all([
      kcat(brokers!, 'items.v1', load.items),
      kcat(brokers!, 'interactions.v1', load.interactions.slice(0, half)),
      consoleProducer(brokers!, 'interactions.v1', load.interactions.slice(half)),
    ]);
    await expectExactDelivery(stack, [load], 240_000);
  });

  it('lose nothing and double nothing when each of them is killed while events arrive', async () => {
    const random = seeded(23);
    const before = eventLoad({ collection: 'shop', itemEvents: 20_000, interactionEvents: 50_000, seed: 11 });
    const loads = [before];
    for (const [index, name] of serviceNames.entries()) {
      loads.push(await killRound(stack, name, 40 + index, 300 + random() * 900));
    }
    await expectExactDelivery(stack, loads, 240_000);
  });

  it('answer search and recommendations from what was stored', async () => {
    const search = new Kindred({ address: stack.grpc.get('search')! });
    const answer = await search.query({ collection: 'shop', text: '무선 마우스', limit: 5 });
    expect(answer.hits.length).toBe(5);
    expect(answer.hits[0]!.item?.title).toMatch(/무선|마우스/);
    const recommendation = new Kindred({ address: stack.grpc.get('recommendation')! });
    await until(
      'a liker gets a full page',
      async () => {
        const reply = await recommendation.recommend({ collection: 'shop', userId: 'u7', limit: 10 });
        return reply.hits.length === 10;
      },
      30_000,
    );
    search.close();
    recommendation.close();
  });
});
