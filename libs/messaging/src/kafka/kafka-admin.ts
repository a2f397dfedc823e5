import { KindredError, partitionsOf, type TopicName, topicNames } from '@kindred/contracts';
import type { Admin, Kafka } from 'kafkajs';
import { maxMessageBytes } from '../message-size.ts';
import type { Lag } from '../messaging.ts';
import type { Setup } from '../options.ts';
import { reasonOf } from '../retries.ts';
import type { TenantTopics } from './tenant-topics.ts';

/** The group as Kafka knows it: one per topic, so that a slow topic's rebalance does not stop the others. */
export const kafkaGroup = (group: string, topic: TopicName): string => `kindred.${group}.${topic}`;

/** What needs Kafka's admin requests. The connection is made on first use, and anew after an error. */
export class KafkaAdmin {
  private connection: Promise<Admin> | undefined;

  constructor(
    private readonly kafka: Kafka,
    private readonly tenantTopics: TenantTopics,
    private readonly setup: Setup,
  ) {}

  async ensureTopics(): Promise<void> {
    const wanted = topicNames.flatMap((topic) => this.tenantTopics.of(topic));
    const missing = new Set(await this.missing(wanted.map(({ name }) => name)));
    if (missing.size === 0) return;
    const topics = wanted
      .filter(({ name }) => missing.has(name))
      .map(({ name, topic }) => ({
        topic: name,
        numPartitions: partitionsOf(topic),
        replicationFactor: -1,
        configEntries: configOf(topic),
      }));
    await this.ask(async (admin) => {
      await admin.createTopics({ topics, waitForLeaders: false, timeout: 30_000 });
      await leadersOf(admin, [...missing]);
    });
  }

  async missing(names: string[]): Promise<string[]> {
    const existing = new Set(await this.ask((admin) => admin.listTopics()));
    return names.filter((name) => !existing.has(name));
  }

  async ping(): Promise<void> {
    await this.ask((admin) => admin.describeCluster());
  }

  lag(subscriptions: { group: string; topic: TopicName }[]): Promise<Lag[]> {
    return this.ask((admin) => Promise.all(subscriptions.map((subscription) => this.lagOf(admin, subscription))));
  }

  async close(): Promise<void> {
    const { connection } = this;
    this.connection = undefined;
    await (await connection?.catch(() => undefined))?.disconnect();
  }

  private async lagOf(admin: Admin, { group, topic }: { group: string; topic: TopicName }): Promise<Lag> {
    const names = this.tenantTopics.of(topic).map(({ name }) => name);
    const committed = await admin.fetchOffsets({ groupId: kafkaGroup(group, topic), topics: names });
    let lag = 0n;
    for (const name of names) {
      const reached = new Map(
        committed.find((entry) => entry.topic === name)?.partitions.map((p) => [p.partition, BigInt(p.offset)]),
      );
      for (const { partition, high, low } of await admin.fetchTopicOffsets(name)) {
        const at = reached.get(partition) ?? -1n;
        lag += BigInt(high) - (at < BigInt(low) ? BigInt(low) : at);
      }
    }
    return { group, topic, lag: Number(lag) };
  }

  private async ask<Answer>(request: (admin: Admin) => Promise<Answer>): Promise<Answer> {
    try {
      this.connection ??= this.connect();
      return await request(await this.connection);
    } catch (error) {
      await this.close().catch((failure) => {
        this.setup.log({
          level: 'warn',
          message: 'The Kafka admin client did not disconnect',
          fields: { reason: reasonOf(failure) },
        });
      });
      throw new KindredError('MESSAGING_UNAVAILABLE', '', `Kafka does not answer: ${reasonOf(error)}`, {
        cause: error,
      });
    }
  }

  private async connect(): Promise<Admin> {
    const admin = this.kafka.admin();
    await admin.connect();
    return admin;
  }
}

/** The log's own clock: the time of a message must not depend on its producer's. */
const configOf = (topic: TopicName) => [
  { name: 'message.timestamp.type', value: 'LogAppendTime' },
  { name: 'max.message.bytes', value: String(maxMessageBytes(topic)) },
];

/** Waits until every partition of new topics has a leader. kafkajs's own waiting fails where the broker does not know a topic yet. */
async function leadersOf(admin: Admin, topics: string[]): Promise<void> {
  for (let tries = 100; ; tries--) {
    try {
      const known = new Set(await admin.listTopics());
      if (topics.every((topic) => known.has(topic))) {
        const metadata = await admin.fetchTopicMetadata({ topics });
        if (metadata.topics.every(({ partitions }) => partitions.every(({ leader }) => leader >= 0))) return;
      }
    } catch (error) {
      if (tries <= 0) throw error;
    }
    if (tries <= 0) throw new Error(`New topics have no leaders after 10 s: ${topics.join(', ')}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
