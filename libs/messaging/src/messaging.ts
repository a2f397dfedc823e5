import type { KindredError, TopicName } from '@kindred/contracts';

export interface OutgoingMessage {
  tenant: string;
  /** Messages of one key keep their order. */
  key: string;
  value: Uint8Array | string;
  headers?: Record<string, string>;
}

export interface IncomingMessage {
  tenant: string;
  topic: TopicName;
  partition: number;
  offset: bigint;
  key: string;
  value: Buffer;
  headers: Record<string, string>;
  /** When the log took it, microseconds since 1970 (Kafka: its millisecond timestamp x 1000). The same at every redelivery. */
  receivedAt: bigint;
}

/** `rejected` can never succeed: the message goes to the dead letters and the partition moves on. */
export type Outcome = { kind: 'done' } | { kind: 'rejected'; error: KindredError };

export interface BatchContext {
  /** Aborted when the partition was taken away or the consumer stops: give up, nothing will be committed. */
  signal: AbortSignal;
  /** Call between chunks of work that takes longer than a second. */
  heartbeat(): Promise<void>;
}

/**
 * Handles one batch of one partition (one tenant, one topic), in order; returns one outcome per message.
 * Offsets move only after it returned. A throw means "try again": the same batch comes back after a backoff.
 */
export type BatchHandler = (messages: IncomingMessage[], context: BatchContext) => Promise<Outcome[]>;

export interface Subscription {
  /** Consumer group, like "ingestion". Also the `step` of its dead letters. */
  group: string;
  topic: TopicName;
  handle: BatchHandler;
  /** Most messages in a batch. Default 500. */
  maxBatch?: number;
}

export interface Consumer {
  /** Not ready while a batch keeps failing or the broker is away. The reason is for people. */
  status(): { ready: boolean; reason: string };
  /** Finishes the batches in flight, commits, leaves the group. */
  stop(): Promise<void>;
}

export interface Lag {
  group: string;
  topic: string;
  /** Messages not yet committed by the group. */
  lag: number;
}

export interface Messaging {
  readonly driver: 'kafka' | 'postgres-log';
  /** Creates missing topics from the declared list. */
  ensureTopics(): Promise<void>;
  /** Resolves when every message is durable; rejects when any may not be. */
  publish(topic: TopicName, messages: OutgoingMessage[]): Promise<void>;
  /** One consumer per subscription; groups with several members share the partitions. */
  consume(subscription: Subscription): Promise<Consumer>;
  /** Of the given groups over their topics, all tenants. */
  lag(subscriptions: { group: string; topic: TopicName }[]): Promise<Lag[]>;
  /** Throws when the log cannot be reached. */
  ping(): Promise<void>;
  close(): Promise<void>;
}
