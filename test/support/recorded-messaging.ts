import type { TopicName } from '@kindred/contracts';
import type { Consumer, IncomingMessage, Lag, Messaging, OutgoingMessage, Subscription } from '@kindred/messaging';

/** Keeps what is published, and consumes nothing: for services whose handlers a test calls itself. */
export class RecordedMessaging implements Messaging {
  readonly driver = 'postgres-log';
  readonly published: ({ topic: TopicName } & OutgoingMessage)[] = [];

  async ensureTopics(): Promise<void> {}

  async publish(topic: TopicName, messages: OutgoingMessage[]): Promise<void> {
    this.published.push(...messages.map((message) => ({ topic, ...message })));
  }

  async consume(_subscription: Subscription): Promise<Consumer> {
    return { status: () => ({ ready: true, reason: '' }), stop: async () => {} };
  }

  async lag(): Promise<Lag[]> {
    return [];
  }

  async ping(): Promise<void> {}

  async close(): Promise<void> {}
}

/** Values as a log would deliver them: one partition, offsets from `offset` on. */
export function delivered(topic: TopicName, values: unknown[], offset = 0, tenant = 'default'): IncomingMessage[] {
  return values.map((value, index) => ({
    tenant,
    topic,
    partition: 0,
    offset: BigInt(offset + index),
    key: 'key',
    value: Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)),
    headers: {},
    receivedAt: 1_700_000_000_000_000n,
  }));
}
