import kafkajs, { type ISocketFactory, type Kafka, type LogEntry as KafkaLogEntry, type RetryOptions } from 'kafkajs';
import type { LogEntry, Setup } from '../options.ts';
import { quietRequestQueues } from './quiet-request-queues.ts';

/** kafkajs calls an error what it then retries; what it cannot mend comes out of our own methods and `status`. */
const levels: Record<number, LogEntry['level']> = { 1: 'warn', 2: 'warn', 4: 'info', 5: 'debug' };

/** All given, as kafkajs takes other defaults where NODE_ENV is "test". About 1.5 s in all. */
export const fewRetries: RetryOptions = {
  retries: 3,
  initialRetryTime: 100,
  maxRetryTime: 2_000,
  factor: 0.2,
  multiplier: 2,
};

export interface KafkaOptions {
  brokers: string[];
  /** Makes the sockets; tests cut them. */
  socketFactory?: ISocketFactory;
}

export function createKafka({ brokers, socketFactory }: KafkaOptions, { clientId, log }: Setup): Kafka {
  quietRequestQueues();
  return new kafkajs.Kafka({
    brokers,
    clientId,
    socketFactory,
    connectionTimeout: 3_000,
    requestTimeout: 30_000,
    retry: fewRetries,
    logLevel: kafkajs.logLevel.INFO,
    logCreator: () => (entry) => forward(entry, log),
  });
}

function forward({ namespace, level, log }: KafkaLogEntry, take: Setup['log']): void {
  const { message, timestamp: _, ...fields } = log;
  // Said at every start; the publisher replaces its producer after a failed send, which keeps the guarantee.
  if (message.startsWith('Limiting retries for the idempotent producer')) return;
  take({ level: levels[level] ?? 'debug', message, fields: { from: `kafkajs ${namespace}`, ...fields } });
}
