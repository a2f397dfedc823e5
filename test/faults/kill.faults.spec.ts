import { Kindred } from '@kindred/client';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { kafkaBrokers, postgresUrl } from '../support/backends.ts';
import { expectExactDelivery } from '../support/delivery.ts';
import type { EventLoad } from '../support/event-load.ts';
import { killRound } from '../support/kill-round.ts';
import { seeded } from '../support/random.ts';
import { Stack, serviceNames } from '../support/stack.ts';

const rounds = Number(process.env.FAULT_ROUNDS ?? 24);
const seed = Number(process.env.FAULT_SEED ?? 1);
const [databaseUrl, brokers] = [postgresUrl(), kafkaBrokers()];

describe.skipIf(!databaseUrl || !brokers)(`${rounds} kills with seed ${seed}`, () => {
  let stack: Stack;

  beforeAll(async () => {
    stack = await Stack.start(databaseUrl!, brokers!);
    const catalog = new Kindred({ address: stack.grpc.get('ingestion')! });
    await catalog.collections.put({ name: 'shop', attributes: [] });
    catalog.close();
  });
  afterAll(() => stack?.stop());

  it('lose nothing and double nothing, whichever service dies when', async () => {
    const random = seeded(seed);
    const loads: EventLoad[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const name = serviceNames[Math.floor(random() * serviceNames.length)]!;
      const afterMs = Math.floor(random() * 2_500);
      console.log(`round ${round + 1} of ${rounds}: kill -9 ${name} after ${afterMs} ms`);
      loads.push(await killRound(stack, name, 1_000 * seed + round, afterMs));
    }
    await expectExactDelivery(stack, loads, 600_000);
  });
});
