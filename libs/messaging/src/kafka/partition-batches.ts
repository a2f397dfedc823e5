import type { EachBatchPayload, KafkaMessage } from 'kafkajs';
import { type Delivery, deliverBatch } from '../deliver-batch.ts';
import type { IncomingMessage } from '../messaging.ts';
import { Retries } from '../retries.ts';
import { Heartbeats } from './heartbeats.ts';
import type { TenantTopic } from './tenant-topics.ts';

const defaultMaxBatch = 500;

/** Takes what kafkajs fetched through the handler, batch by batch, and commits after each. */
export class PartitionBatches {
  readonly retries: Retries;
  private readonly inFlight = new Set<Heartbeats>();
  private readonly pauses = new Set<NodeJS.Timeout>();
  private readonly topics: Map<string, TenantTopic>;
  private stopping = false;

  constructor(
    topics: TenantTopic[],
    private readonly delivery: Delivery,
  ) {
    this.topics = new Map(topics.map((topic) => [topic.name, topic]));
    this.retries = new Retries(delivery.setup.tuning);
  }

  /** For kafkajs. Returns early, without committing, when the partition is to be fetched again. */
  async each(payload: EachBatchPayload): Promise<void> {
    const { topic, partition, messages } = payload.batch;
    const label = `${topic}/${partition}`;
    let next = 0;
    while (next < messages.length) {
      if (this.stopping || !payload.isRunning() || payload.isStale()) return;
      const size = this.retries.sizeOf(label) ?? this.delivery.subscription.maxBatch ?? defaultMaxBatch;
      const chunk = messages.slice(next, next + size);
      next += chunk.length;
      if (!(await this.deliver(payload, label, chunk))) return;
      await commit(payload, chunk.at(-1)!.offset, next === messages.length);
      this.retries.succeeded(label);
      await payload.heartbeat();
    }
  }

  /** No further batch; those in flight are aborted after `drain` ms. */
  stop(drain: number): void {
    this.stopping = true;
    for (const pause of this.pauses) clearTimeout(pause);
    const abort = setTimeout(() => this.abortAll(new Error('The consumer stops')), drain);
    abort.unref();
  }

  get busy(): boolean {
    return this.inFlight.size > 0;
  }

  /** After a crash of the connection: nothing can be committed any more. */
  abortAll(reason: Error): void {
    for (const beats of this.inFlight) beats.abort(reason);
  }

  /** False: nothing may be committed, the batch comes again. */
  private async deliver(payload: EachBatchPayload, label: string, chunk: KafkaMessage[]): Promise<boolean> {
    const source = this.topics.get(payload.batch.topic)!;
    const messages = chunk.map((message) => incoming(message, source, payload.batch.partition));
    const beats = new Heartbeats(payload.heartbeat, this.delivery.setup.tuning.heartbeat);
    this.inFlight.add(beats);
    try {
      await deliverBatch(this.delivery, messages, beats.context);
    } catch (error) {
      if (!beats.context.signal.aborted) this.pause(payload, this.retries.failed(label, chunk.length, error));
      beats.throwIfEnding();
      return false;
    } finally {
      beats.end();
      this.inFlight.delete(beats);
    }
    if (beats.context.signal.aborted) beats.throwIfEnding();
    return !beats.context.signal.aborted;
  }

  /** Pauses this partition alone; the others go on and keep the group's heartbeat. */
  private pause(payload: EachBatchPayload, wait: number): void {
    const resume = payload.pause();
    const timer = setTimeout(() => {
      this.pauses.delete(timer);
      resume();
    }, wait);
    this.pauses.add(timer);
  }
}

/** Commits first: an offset that could not be committed is not resolved either, and its batch comes again. */
async function commit(payload: EachBatchPayload, lastOffset: string, whole: boolean): Promise<void> {
  const { topic, partition } = payload.batch;
  // The last offset of a fetched batch may lie behind its last message: transactions end with control records.
  const offset = BigInt(whole ? payload.batch.lastOffset() : lastOffset) + 1n;
  await payload.commitOffsetsIfNecessary({
    topics: [{ topic, partitions: [{ partition, offset: offset.toString() }] }],
  });
  payload.resolveOffset(lastOffset);
}

function incoming(message: KafkaMessage, { tenant, topic }: TenantTopic, partition: number): IncomingMessage {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(message.headers ?? {})) {
    // A header may repeat in Kafka; the last one counts.
    const last = Array.isArray(value) ? value.at(-1) : value;
    headers[name] = last?.toString() ?? '';
  }
  return {
    tenant,
    topic,
    partition,
    offset: BigInt(message.offset),
    key: message.key?.toString() ?? '',
    value: message.value ?? Buffer.alloc(0),
    headers,
    receivedAt: BigInt(message.timestamp) * 1_000n,
  };
}
