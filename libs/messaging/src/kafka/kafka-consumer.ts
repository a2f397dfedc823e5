import { KindredError } from '@kindred/contracts';
import type { Kafka, Consumer as KafkaClientConsumer } from 'kafkajs';
import { deferred } from '../deferred.ts';
import type { Delivery } from '../deliver-batch.ts';
import type { Consumer } from '../messaging.ts';
import { reasonOf } from '../retries.ts';
import { fewRetries } from './kafka-client.ts';
import { PartitionBatches } from './partition-batches.ts';
import { subscriptionAssigner } from './subscription-assigner.ts';
import type { TenantTopic } from './tenant-topics.ts';

export interface KafkaConsumerParts {
  kafka: Kafka;
  groupId: string;
  topics: TenantTopic[];
  delivery: Delivery;
  /** Which of the topics do not exist. Throws when Kafka does not answer. */
  missing(names: string[]): Promise<string[]>;
}

/** How long a poll of kafkajs may take, and so how soon a resumed partition or a stop is noticed, in ms. */
const longestPoll = 500;
/** How long a consumer without batches may take to leave, in ms. */
const longestDisconnect = 5_000;

/** One member of a consumer group. Where its client crashes, it is replaced by a new one until `stop`. */
export class KafkaConsumer implements Consumer {
  private readonly batches: PartitionBatches;
  private readonly stopRequest = deferred<void>();
  private running: Promise<void> | undefined;
  private stopping = false;
  private away = 'joining its group';
  private crashes = 0;
  /** When kafkajs last showed that its loop turns. */
  private lastSign = 0;

  constructor(private readonly parts: KafkaConsumerParts) {
    this.batches = new PartitionBatches(parts.topics, parts.delivery);
  }

  /** Throws when a topic is missing. A Kafka that does not answer is waited for in the background. */
  async start(): Promise<void> {
    try {
      await this.requireTopics();
    } catch (error) {
      if (!(error instanceof KindredError) || error.code !== 'MESSAGING_UNAVAILABLE') throw error;
      this.away = error.message;
    }
    this.running = this.supervise();
  }

  status(): { ready: boolean; reason: string } {
    const { groupId } = this.parts;
    const reason = this.away ? `${groupId}: ${this.away}` : this.batches.retries.reason;
    return { ready: reason === '', reason };
  }

  async stop(): Promise<void> {
    this.stopping = true;
    this.away = 'stopped';
    this.batches.stop(this.parts.delivery.setup.tuning.drain);
    this.stopRequest.resolve();
    await this.running;
  }

  private async requireTopics(): Promise<void> {
    const missing = await this.parts.missing(this.parts.topics.map(({ name }) => name));
    if (missing.length === 0) return;
    const message = `Kafka has no topic ${missing.join(', ')}; run "kindred migrate" to create it`;
    throw new KindredError('FIELD_INVALID', 'topic', message);
  }

  private async supervise(): Promise<void> {
    while (!this.stopping) {
      const error = await this.runOnce();
      if (this.stopping) return;
      this.away = reasonOf(error);
      this.batches.abortAll(new Error('The connection to Kafka was lost'));
      const wait = Math.min(3_000, 100 * 2 ** Math.min(this.crashes++, 10));
      this.log('warn', 'A Kafka consumer starts anew', { reason: this.away, wait });
      await this.unlessStopped(new Promise((resolve) => setTimeout(resolve, wait)));
    }
  }

  /** Resolves with the reason when the client crashed, or when it was told to stop. */
  private async runOnce(): Promise<unknown> {
    const { promise: crash, resolve: crashed } = deferred<unknown>();
    const consumer = this.client();
    consumer.on(consumer.events.CRASH, ({ payload }) => crashed(payload.error));
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => this.joined(payload.memberAssignment));
    consumer.on(consumer.events.FETCH_START, () => this.sign());
    consumer.on(consumer.events.END_BATCH_PROCESS, () => this.sign());
    const watch = this.watch(crashed);
    try {
      await this.requireTopics();
      await consumer.connect();
      await consumer.subscribe({ topics: this.parts.topics.map(({ name }) => name), fromBeginning: true });
      await Promise.race([this.unlessStopped(this.consume(consumer)), crash]);
      return await this.unlessStopped(crash);
    } catch (error) {
      return error;
    } finally {
      clearInterval(watch);
      await this.disconnect(consumer);
    }
  }

  /** A client that stopped turning without an error, as kafkajs has done after lost connections, counts as crashed. */
  private watch(crashed: (error: Error) => void): NodeJS.Timeout {
    const { session, rebalance } = this.parts.delivery.setup.tuning;
    this.sign();
    return setInterval(() => {
      if (this.batches.busy) this.sign();
      const silent = performance.now() - this.lastSign;
      if (silent > rebalance + 2 * session)
        crashed(new Error(`the Kafka client did nothing for ${Math.round(silent)} ms`));
    }, session);
  }

  private sign(): void {
    this.lastSign = performance.now();
  }

  /** Waits for the batches in flight; a client that hangs is left behind. */
  private async disconnect(consumer: KafkaClientConsumer): Promise<void> {
    const hangs = AbortSignal.timeout(this.parts.delivery.setup.tuning.drain + longestDisconnect);
    const late = new Promise((_, reject) => {
      hangs.onabort = () => reject(hangs.reason);
    });
    await Promise.race([consumer.disconnect(), late]).catch((error) => {
      this.log('warn', 'A Kafka consumer did not disconnect', { reason: reasonOf(error) });
    });
    hangs.onabort = null;
  }

  private client(): KafkaClientConsumer {
    const { session, heartbeat, rebalance } = this.parts.delivery.setup.tuning;
    return this.parts.kafka.consumer({
      groupId: this.parts.groupId,
      sessionTimeout: session,
      heartbeatInterval: heartbeat,
      rebalanceTimeout: Math.max(rebalance, session),
      maxWaitTimeInMs: longestPoll,
      allowAutoTopicCreation: false,
      partitionAssigners: [subscriptionAssigner],
      retry: { ...fewRetries, restartOnFailure: async () => false },
    });
  }

  private consume(consumer: KafkaClientConsumer): Promise<void> {
    return consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: this.parts.delivery.setup.tuning.partitionsAtOnce,
      eachBatch: (payload) => this.batches.each(payload),
    });
  }

  private joined(assignment: Record<string, number[]>): void {
    this.crashes = 0;
    if (!this.stopping) this.away = '';
    this.batches.retries.keepOnly(
      Object.entries(assignment).flatMap(([topic, ids]) => ids.map((id) => `${topic}/${id}`)),
    );
  }

  private unlessStopped(work: Promise<unknown>): Promise<unknown> {
    return Promise.race([work, this.stopRequest.promise]);
  }

  private log(level: 'warn', message: string, fields: Record<string, unknown>): void {
    this.parts.delivery.setup.log({ level, message, fields: { group: this.parts.groupId, ...fields } });
  }
}
