import { KindredError, partitionsOf, type TopicName, topicNames } from '@kindred/contracts';
import { requireDeclared } from '../declared-topics.ts';
import type { LogDatabase } from '../log-database.ts';
import { checkSizes } from '../message-size.ts';
import type { Consumer, Lag, Messaging, OutgoingMessage, Subscription } from '../messaging.ts';
import type { Setup } from '../options.ts';
import { partitionOf } from '../partition-of.ts';
import * as store from './event-log.store.ts';
import { forgetMembers } from './lease.store.ts';
import { LogConsumer } from './log-consumer.ts';

/** Values of one append in bytes, so that memory stays bounded. A larger publish takes several transactions, in order. */
const appendBytes = 16 * 1_048_576;

/** Databases of this process alone, whose leftover members were forgotten already. */
const taken = new WeakSet<LogDatabase>();

/** The event log in the database: at-least-once, ordered per key, shared by groups, like a small Kafka. */
export class PostgresLog implements Messaging {
  readonly driver = 'postgres-log';
  private readonly consumers = new Set<LogConsumer>();
  private listening: Promise<() => Promise<void>> | undefined;
  private heights = new Map<string, bigint>();
  private polling = false;
  private closing = false;

  constructor(
    private readonly database: LogDatabase,
    private readonly setup: Setup,
  ) {}

  async ensureTopics(): Promise<void> {
    const heads = Object.values(this.setup.tenantPrefixes).flatMap((tenant_id) =>
      topicNames.flatMap((topic) =>
        Array.from({ length: partitionsOf(topic) }, (_, partition) => ({ tenant_id, topic, partition })),
      ),
    );
    await store.createHeads(this.database, heads);
  }

  async publish(topic: TopicName, messages: OutgoingMessage[]): Promise<void> {
    requireDeclared(topic);
    if (this.closing) throw new KindredError('SHUTTING_DOWN', '', 'This process is shutting down; try again');
    refuseNullBytes(messages);
    const sizes = checkSizes(topic, messages);
    let from = 0;
    while (from < messages.length) {
      let bytes = 0;
      let to = from;
      while (to < messages.length && (to === from || bytes + sizes[to]! <= appendBytes)) bytes += sizes[to++]!;
      await this.append(topic, messages.slice(from, to));
      from = to;
    }
  }

  async consume(subscription: Subscription): Promise<Consumer> {
    requireDeclared(subscription.topic);
    if (this.database.driver === 'pglite' && !taken.has(this.database)) {
      taken.add(this.database);
      await forgetMembers(this.database);
    }
    this.listening ??= this.listen();
    await this.listening;
    const publish: Messaging['publish'] = (topic, messages) => this.publish(topic, messages);
    const consumer = new LogConsumer(this.database, { subscription, setup: this.setup, publish });
    await consumer.start();
    this.consumers.add(consumer);
    return consumer;
  }

  lag(subscriptions: { group: string; topic: TopicName }[]): Promise<Lag[]> {
    return store.lag(this.database, subscriptions);
  }

  ping(): Promise<void> {
    return store.ping(this.database);
  }

  /** Stops the consumers first: their last batches may still publish. */
  async close(): Promise<void> {
    await Promise.all([...this.consumers].map((consumer) => consumer.stop()));
    this.closing = true;
    await (await this.listening)?.();
    this.listening = undefined;
  }

  private async append(topic: TopicName, messages: OutgoingMessage[]): Promise<void> {
    const values = messages.map(({ value }) => (typeof value === 'string' ? Buffer.from(value) : value));
    let start = 1;
    const rows = messages.map(({ tenant, key, headers = {} }, index) => {
      const { length } = values[index]!;
      const row = { tenant_id: tenant, partition: partitionOf(key, partitionsOf(topic)), key, headers, start, length };
      start += length;
      return row;
    });
    await store.append(this.database, topic, rows, Buffer.concat(values));
  }

  private async listen(): Promise<() => Promise<void>> {
    const unlisten = await this.database.listen(store.channel, (payload) => this.notified(payload));
    const poll = setInterval(() => void this.poll(), this.setup.tuning.poll);
    return async () => {
      clearInterval(poll);
      await unlisten();
    };
  }

  /** For news that got lost: one cheap query for all consumers, which wakes those whose topic grew. */
  private async poll(): Promise<void> {
    if (this.polling) return;
    this.polling = true;
    try {
      const heights = await store.heights(this.database);
      for (const consumer of this.consumers)
        if (heights.get(consumer.topic) !== this.heights.get(consumer.topic)) consumer.wake();
      this.heights = heights;
    } catch {
      // The consumers' own heartbeats meet the same error, and tell it.
    } finally {
      this.polling = false;
    }
  }

  /** An empty payload comes after a lost connection: anything may have happened. */
  private notified(payload: string): void {
    const [kind, topic] = payload.split(':');
    for (const consumer of this.consumers) {
      if (topic !== undefined && topic !== consumer.topic) continue;
      if (kind !== 'group') consumer.wake();
      if (kind !== 'topic') void consumer.beat();
    }
  }
}

function refuseNullBytes(messages: OutgoingMessage[]): void {
  for (const { key, headers = {} } of messages) {
    if (key.includes('\0'))
      throw new KindredError('TEXT_HAS_NULL_BYTE', 'key', 'A message key must not hold a null byte');
    if (Object.entries(headers).some((pair) => pair.join('').includes('\0'))) {
      throw new KindredError('TEXT_HAS_NULL_BYTE', 'headers', 'A message header must not hold a null byte');
    }
  }
}
