import { KindredError } from '@kindred/contracts';
import type { Kafka, Message, Producer, ProducerBatch, RecordMetadata } from 'kafkajs';
import type { OutgoingMessage } from '../messaging.ts';
import type { Setup } from '../options.ts';
import { partitionOf } from '../partition-of.ts';
import { reasonOf } from '../retries.ts';

/** Bytes of one request. A record batch above 1 MB is refused by brokers with default settings, so 10 % stay free. */
const requestBytes = 900_000;
interface Job {
  topic: string;
  messages: Message[];
  sizes: number[];
  taken: number;
  resolve(): void;
  reject(error: unknown): void;
}

interface Request {
  topics: Map<string, Message[]>;
  jobs: Job[];
}

/**
 * Idempotent producer with one request in flight: kafkajs gives a request that failed its sequence number back, and a
 * neighbor in flight would take it and be dropped by the broker as a duplicate. What is published meanwhile shares the next request.
 */
export class KafkaPublisher {
  private readonly waiting: Job[] = [];
  private pumping: Promise<void> | undefined;
  private producer: Producer | undefined;
  /** Where each message went first. Moved by a retry, it would be stored twice, or break another batch's numbers. */
  private partitions = new WeakMap<Message, number>();

  constructor(
    private readonly kafka: Kafka,
    private readonly setup: Setup,
  ) {}

  /** Sizes are those of the messages, in bytes. */
  publish(topic: string, outgoing: OutgoingMessage[], sizes: number[]): Promise<void> {
    const messages = outgoing.map(toMessage);
    return new Promise((resolve, reject) => {
      this.waiting.push({ topic, messages, sizes, taken: 0, resolve, reject });
      this.pumping ??= this.pump().finally(() => {
        this.pumping = undefined;
      });
    });
  }

  async close(): Promise<void> {
    await this.pumping;
    const { producer } = this;
    this.producer = undefined;
    await producer?.disconnect();
  }

  private async pump(): Promise<void> {
    for (;;) {
      const request = nextRequest(this.waiting);
      if (request.jobs.length === 0) return;
      try {
        await this.send(request);
        for (const job of request.jobs) if (job.taken === job.messages.length) job.resolve();
      } catch (error) {
        await this.sendApart(request.jobs, error);
      }
    }
  }

  /** A refused request hits only its cause: jobs that shared it go again, each on its own. */
  private async sendApart(jobs: Job[], error: unknown): Promise<void> {
    const last = this.waiting[0];
    if (last && jobs.includes(last)) this.waiting.shift();
    for (const job of jobs) {
      if (jobs.length === 1 || !isRefusal(error)) {
        job.reject(explain(error, job.topic));
        continue;
      }
      job.taken = 0;
      await this.sendAlone(job);
    }
  }

  private async sendAlone(job: Job): Promise<void> {
    try {
      const queue = [job];
      while (queue.length > 0) await this.send(nextRequest(queue));
      job.resolve();
    } catch (error) {
      job.reject(explain(error, job.topic));
    }
  }

  private async send({ topics }: Request): Promise<void> {
    const producer = await this.connected();
    const topicMessages = [...topics].map(([topic, messages]) => ({ topic, messages }));
    try {
      this.requireAll(topicMessages, await producer.sendBatch({ acks: -1, topicMessages }));
    } catch (error) {
      this.discard(producer);
      throw error;
    }
  }

  /**
   * kafkajs 2.2.4 does not ask a broker twice in one send: partitions that moved to one that had answered already are
   * left out, and the send succeeds without them (tulios/kafkajs pull request 1798). Throws, so that they go again.
   */
  private requireAll(sent: NonNullable<ProducerBatch['topicMessages']>, stored: RecordMetadata[]): void {
    const answers = new Set(stored.map(({ topicName, partition }) => `${topicName}/${partition}`));
    for (const { topic, messages } of sent) {
      const missing = messages.find((message) => !answers.has(`${topic}/${this.partitions.get(message)}`));
      if (missing) throw new Error(`no broker stored partition ${this.partitions.get(missing)} of ${topic}`);
    }
  }

  private async connected(): Promise<Producer> {
    if (this.producer) return this.producer;
    const producer = this.kafka.producer({
      idempotent: true,
      allowAutoTopicCreation: false,
      // About 5 s in all.
      retry: { retries: 6, initialRetryTime: 100, maxRetryTime: 2_000, factor: 0.2, multiplier: 2 },
      createPartitioner: () => (args) => this.partitionFor(args.message, args.partitionMetadata.length),
    });
    await producer.connect();
    this.producer = producer;
    return producer;
  }

  private partitionFor(message: Message, count: number): number {
    const partition = this.partitions.get(message) ?? partitionOf(message.key as Buffer, count);
    this.partitions.set(message, partition);
    return partition;
  }

  /** After a failed send the broker's sequence numbers are unknown: the next send starts with a new producer id. */
  private discard(producer: Producer): void {
    this.producer = undefined;
    producer.disconnect().catch((error) => {
      this.setup.log({
        level: 'warn',
        message: 'A Kafka producer did not disconnect',
        fields: { reason: reasonOf(error) },
      });
    });
  }
}

function nextRequest(waiting: Job[]): Request {
  const request: Request = { topics: new Map(), jobs: [] };
  let bytes = 0;
  for (let job = waiting[0]; job; job = waiting[0]) {
    const from = job.taken;
    while (job.taken < job.messages.length && (bytes === 0 || bytes + job.sizes[job.taken]! <= requestBytes)) {
      bytes += job.sizes[job.taken]!;
      job.taken++;
    }
    if (job.taken > from) {
      const messages = request.topics.get(job.topic) ?? [];
      request.topics.set(job.topic, messages.concat(job.messages.slice(from, job.taken)));
      request.jobs.push(job);
    }
    if (job.taken < job.messages.length) break;
    waiting.shift();
  }
  return request;
}

function toMessage({ key, value, headers }: OutgoingMessage): Message {
  const bytes =
    typeof value === 'string' ? Buffer.from(value) : Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  return { key: Buffer.from(key), value: bytes, headers };
}

const typeOf = (error: unknown) =>
  (error as { type?: string; cause?: { type?: string } }).type ?? (error as { cause?: { type?: string } }).cause?.type;

const isRefusal = (error: unknown) =>
  ['MESSAGE_TOO_LARGE', 'UNKNOWN_TOPIC_OR_PARTITION', 'RECORD_LIST_TOO_LARGE'].includes(typeOf(error) ?? '');

function explain(error: unknown, topic: string): KindredError {
  const type = typeOf(error);
  if (type === 'MESSAGE_TOO_LARGE' || type === 'RECORD_LIST_TOO_LARGE') {
    const way = 'raise max.message.bytes of the topic, or send less';
    return new KindredError('FIELD_TOO_LARGE', '', `Kafka refuses a message as too large for topic ${topic}; ${way}`, {
      cause: error,
    });
  }
  const way =
    type === 'UNKNOWN_TOPIC_OR_PARTITION'
      ? `topic ${topic} is missing; run "kindred migrate"`
      : `${reasonOf(error)}; try again`;
  return new KindredError('MESSAGING_UNAVAILABLE', '', `Kafka did not take the messages: ${way}`, { cause: error });
}
