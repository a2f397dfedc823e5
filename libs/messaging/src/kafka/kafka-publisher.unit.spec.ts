import type { Kafka, Message, ProducerConfig, RecordMetadata } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { setupOf } from '../options.ts';
import { KafkaPublisher } from './kafka-publisher.ts';

const keys = Array.from({ length: 20 }, (_, number) => `상품-${number}`);
const outgoing = keys.map((key) => ({ tenant: 'default', key, value: key }));

/** Places messages by the producer's own partitioner, as kafkajs does at every attempt, and answers for `answered`. */
class FakeKafka {
  producers = 0;
  disconnected = 0;
  partitionCounts = [3];
  answered = [0, 1, 2];
  readonly attempts: number[][] = [];

  publisher(): KafkaPublisher {
    return new KafkaPublisher(this as unknown as Kafka, setupOf({ clientId: 'test' }));
  }

  producer({ createPartitioner }: ProducerConfig) {
    this.producers++;
    const partitioner = createPartitioner!();
    const sendBatch = async ({ topicMessages }: { topicMessages: { topic: string; messages: Message[] }[] }) => {
      const { topic, messages } = topicMessages[0]!;
      for (const count of this.partitionCounts) {
        const partitionMetadata = Array.from({ length: count }, (_, partitionId) => ({ partitionId })) as never[];
        this.attempts.push(messages.map((message) => partitioner({ topic, message, partitionMetadata })));
      }
      return this.answered.map((partition): RecordMetadata => ({ topicName: topic, partition, errorCode: 0 }));
    };
    return { connect: async () => {}, sendBatch, disconnect: async () => this.disconnected++ };
  }
}

describe('KafkaPublisher', () => {
  it('fails a send in which a partition was left out, and starts the next one with a new producer', async () => {
    const kafka = new FakeKafka();
    const publisher = kafka.publisher();
    kafka.answered = [0, 2];
    await expect(
      publisher.publish(
        'items.v1',
        outgoing,
        keys.map(() => 10),
      ),
    ).rejects.toMatchObject({
      code: 'MESSAGING_UNAVAILABLE',
      message: expect.stringContaining('no broker stored partition 1 of items.v1'),
    });
    expect(kafka).toMatchObject({ producers: 1, disconnected: 1 });
    kafka.answered = [0, 1, 2];
    await publisher.publish(
      'items.v1',
      outgoing,
      keys.map(() => 10),
    );
    expect(kafka.producers).toBe(2);
  });

  it('keeps messages in their partitions when the topic grows between two attempts', async () => {
    const kafka = new FakeKafka();
    kafka.partitionCounts = [3, 7];
    await kafka.publisher().publish(
      'items.v1',
      outgoing,
      keys.map(() => 10),
    );
    expect(new Set(kafka.attempts[0])).toEqual(new Set([0, 1, 2]));
    expect(kafka.attempts[1]).toEqual(kafka.attempts[0]);
  });
});
