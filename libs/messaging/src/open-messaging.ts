import type { Messaging } from './messaging.ts';
import { type MessagingOptions, setupOf } from './options.ts';
import { PostgresLog } from './postgres-log/postgres-log.ts';

/** With brokers: Kafka. Without: the log in the database, which must be migrated. Connects on first use. */
export async function openMessaging(options: MessagingOptions): Promise<Messaging> {
  const setup = setupOf(options);
  if (options.brokers && options.brokers.length > 0) {
    // Loaded on demand: the embedded mode starts without kafkajs.
    const { KafkaMessaging } = await import('./kafka/kafka-messaging.ts');
    return new KafkaMessaging({ brokers: options.brokers }, setup);
  }
  if (!options.database) throw new Error('Messaging needs Kafka brokers or a database for its log');
  return new PostgresLog(options.database, setup);
}
