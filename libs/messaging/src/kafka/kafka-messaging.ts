import { KindredError, type TopicName } from '@kindred/contracts';
import type { Kafka } from 'kafkajs';
import { requireDeclared } from '../declared-topics.ts';
import { groupBy } from '../group-by.ts';
import { checkSizes } from '../message-size.ts';
import type { Consumer, Lag, Messaging, OutgoingMessage, Subscription } from '../messaging.ts';
import type { Setup } from '../options.ts';
import { KafkaAdmin, kafkaGroup } from './kafka-admin.ts';
import { createKafka, type KafkaOptions } from './kafka-client.ts';
import { KafkaConsumer } from './kafka-consumer.ts';
import { KafkaPublisher } from './kafka-publisher.ts';
import { TenantTopics } from './tenant-topics.ts';

export class KafkaMessaging implements Messaging {
  readonly driver = 'kafka';
  private readonly kafka: Kafka;
  private readonly tenantTopics: TenantTopics;
  private readonly publisher: KafkaPublisher;
  private readonly admin: KafkaAdmin;
  private readonly consumers = new Set<KafkaConsumer>();
  private closing = false;

  constructor(
    options: KafkaOptions,
    private readonly setup: Setup,
  ) {
    this.kafka = createKafka(options, setup);
    this.tenantTopics = new TenantTopics(setup.tenantPrefixes);
    this.publisher = new KafkaPublisher(this.kafka, setup);
    this.admin = new KafkaAdmin(this.kafka, this.tenantTopics, setup);
  }

  ensureTopics(): Promise<void> {
    return this.admin.ensureTopics();
  }

  async publish(topic: TopicName, messages: OutgoingMessage[]): Promise<void> {
    requireDeclared(topic);
    if (this.closing) throw new KindredError('SHUTTING_DOWN', '', 'This process is shutting down; try again');
    const byTopic = groupBy(messages, ({ tenant }) => this.tenantTopics.nameFor(tenant, topic));
    const sends = [...byTopic].map(([name, group]) => this.publisher.publish(name, group, checkSizes(topic, group)));
    for (const result of await Promise.allSettled(sends)) if (result.status === 'rejected') throw result.reason;
  }

  async consume(subscription: Subscription): Promise<Consumer> {
    requireDeclared(subscription.topic);
    const consumer = new KafkaConsumer({
      kafka: this.kafka,
      groupId: kafkaGroup(subscription.group, subscription.topic),
      topics: this.tenantTopics.of(subscription.topic),
      delivery: { subscription, setup: this.setup, publish: (topic, messages) => this.publish(topic, messages) },
      missing: (names) => this.admin.missing(names),
    });
    await consumer.start();
    this.consumers.add(consumer);
    return consumer;
  }

  lag(subscriptions: { group: string; topic: TopicName }[]): Promise<Lag[]> {
    return this.admin.lag(subscriptions);
  }

  ping(): Promise<void> {
    return this.admin.ping();
  }

  /** Stops the consumers first: their last batches may still publish. */
  async close(): Promise<void> {
    await Promise.all([...this.consumers].map((consumer) => consumer.stop()));
    this.closing = true;
    await this.publisher.close();
    await this.admin.close();
  }
}
