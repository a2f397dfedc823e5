import { KindredError, topics } from '@kindred/contracts';
import type { Kafka } from 'kafkajs';
import { describe, expect, it, vi } from 'vitest';
import { setupOf } from '../options.ts';
import { KafkaConsumer } from './kafka-consumer.ts';

const topic = topics.items.name;
const tuning = { session: 20, heartbeat: 5, rebalance: 40, drain: 50 };

/** A kafkajs whose consumers connect and then do nothing, and never leave. */
function hangingKafka() {
  let consumers = 0;
  const consumer = () => {
    consumers++;
    return {
      events: { CRASH: 'crash', GROUP_JOIN: 'join', FETCH_START: 'fetch', END_BATCH_PROCESS: 'end' },
      on: () => () => undefined,
      connect: async () => undefined,
      subscribe: async () => undefined,
      run: () => new Promise(() => undefined),
      disconnect: async () => undefined,
    };
  };
  return { kafka: { consumer } as unknown as Kafka, count: () => consumers };
}

function consumerOver(kafka: Kafka, missing: (names: string[]) => Promise<string[]>) {
  const setup = setupOf({ clientId: 'test', tuning });
  const delivery = {
    subscription: { group: 'g', topic, handle: async () => [] },
    publish: async () => undefined,
    setup,
  };
  return new KafkaConsumer({
    kafka,
    groupId: 'kindred.g.items.v1',
    topics: [{ name: topic, tenant: 'default', topic }],
    delivery,
    missing,
  });
}

describe('a Kafka consumer', () => {
  it('replaces a client that does nothing any more, and says why', async () => {
    const { kafka, count } = hangingKafka();
    const consumer = consumerOver(kafka, async () => []);
    await consumer.start();
    expect(consumer.status()).toEqual({ ready: false, reason: 'kindred.g.items.v1: joining its group' });
    await vi.waitFor(() => expect(count()).toBeGreaterThan(1), { timeout: 5_000 });
    expect(consumer.status().reason).toContain('did nothing for');
    await consumer.stop();
    expect(consumer.status().ready).toBe(false);
  });

  it('does not start when its topic is missing', async () => {
    const consumer = consumerOver(hangingKafka().kafka, async (names) => names);
    await expect(consumer.start()).rejects.toThrow('Kafka has no topic items.v1; run "kindred migrate" to create it');
  });

  it('waits for brokers that are away when it starts', async () => {
    const { kafka, count } = hangingKafka();
    const away = new KindredError('MESSAGING_UNAVAILABLE', '', 'Kafka does not answer: connection refused');
    let answers = false;
    const consumer = consumerOver(kafka, async () => {
      if (!answers) throw away;
      return [];
    });
    await consumer.start();
    expect(consumer.status().reason).toContain('connection refused');
    answers = true;
    await vi.waitFor(() => expect(count()).toBeGreaterThan(0), { timeout: 5_000 });
    await consumer.stop();
  });
});
