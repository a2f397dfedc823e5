// What the contract tests run on: every driver, on a log of its own, with members that can lose their connection.
import { randomUUID } from 'node:crypto';
import { createConnection, type Socket } from 'node:net';
import kafkajs from 'kafkajs';
import { kafkaBrokers } from '../../../test/support/backends.ts';
import { type TestDatabases, testDatabases } from '../../../test/support/databases.ts';
import { KafkaMessaging } from './kafka/kafka-messaging.ts';
import type { LogDatabase } from './log-database.ts';
import type { Messaging } from './messaging.ts';
import { openMessaging } from './open-messaging.ts';
import { type MessagingOptions, setupOf } from './options.ts';

/** Short, so that a dead member is missed after a second and a half. */
export const quick = {
  session: 1_500,
  heartbeat: 300,
  rebalance: 60_000,
  poll: 100,
  retryFirst: 50,
  retryMost: 400,
  drain: 2_000,
  partitionsAtOnce: 3,
};

/** One process, as far as the log can tell. */
export interface Member {
  messaging: Messaging;
  /** As after kill -9 or a pulled cable: nothing goes in or out any more. */
  cut(): void;
  restore(): void;
}

export interface TestLog {
  tenants: { first: string; second: string };
  /** What this log's Kafka topics begin with. */
  topicPrefix?: string;
  member(options?: Partial<MessagingOptions>): Promise<Member>;
  close(): Promise<void>;
}

export interface TestDriver {
  name: string;
  /** An empty log with its topics. */
  open(): Promise<TestLog>;
}

export function testDrivers(): TestDriver[] {
  const brokers = kafkaBrokers();
  const logs = testDatabases().map(({ name, open }) => logDriver(name, open));
  return brokers ? [kafkaDriver(brokers), ...logs] : logs;
}

export function kafkaDriver(brokers: string[]): TestDriver {
  return {
    name: 'kafka',
    async open() {
      const run = `test-${randomUUID()}`;
      const tenantPrefixes = { [`${run}.a.`]: 'default', [`${run}.b.`]: 'acme' };
      const members: Messaging[] = [];
      const member = async (options: Partial<MessagingOptions> = {}) => {
        const wire = cuttable();
        const setup = setupOf({ clientId: 'test', tenantPrefixes, tuning: quick, ...options });
        const messaging = new KafkaMessaging({ brokers, socketFactory: wire.socketFactory }, setup);
        members.push(messaging);
        return { messaging, cut: wire.cut, restore: wire.restore };
      };
      await (await member()).messaging.ensureTopics();
      const close = async () => {
        await Promise.all(members.map((one) => one.close()));
        await deleteTopics(brokers, `${run}.`);
      };
      return { tenants: { first: 'default', second: 'acme' }, topicPrefix: `${run}.a.`, member, close };
    },
  };
}

function cuttable() {
  const sockets = new Set<Socket>();
  let off = false;
  const socketFactory: kafkajs.ISocketFactory = ({ host, port, onConnect }) => {
    // Nothing listens on port 1.
    const socket = createConnection(off ? { host, port: 1 } : { host, port }, onConnect);
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    return socket;
  };
  const cut = () => {
    off = true;
    for (const socket of sockets) socket.destroy(new Error('cut by the test'));
  };
  const restore = () => {
    off = false;
  };
  return { socketFactory, cut, restore };
}

async function deleteTopics(brokers: string[], prefix: string): Promise<void> {
  const admin = new kafkajs.Kafka({ brokers, clientId: 'test', logLevel: kafkajs.logLevel.NOTHING }).admin();
  await admin.connect();
  const topics = (await admin.listTopics()).filter((topic) => topic.startsWith(prefix));
  if (topics.length > 0) await admin.deleteTopics({ topics });
  await admin.disconnect();
}

/** One database for all logs of the driver; each log starts with empty tables. */
function logDriver(name: string, openDatabase: TestDatabases['open']): TestDriver {
  let opening: Promise<LogDatabase> | undefined;
  return {
    name: `log on ${name}`,
    async open() {
      opening ??= openDatabase();
      const database = await opening;
      for (const table of ['event_log', 'event_log_heads', 'consumer_offsets', 'consumer_members']) {
        await database.query({ maintenance: 'event-log' }, `delete from kindred.${table}`);
      }
      const members: Messaging[] = [];
      const member = async (options: Partial<MessagingOptions> = {}) => {
        const wire = cuttableDatabase(database);
        const messaging = await openMessaging({ clientId: 'test', tuning: quick, ...options, database: wire.database });
        members.push(messaging);
        return { messaging, cut: wire.cut, restore: wire.restore };
      };
      await (await member()).messaging.ensureTopics();
      const close = async () => void (await Promise.all(members.map((one) => one.close())));
      return { tenants: { first: 'default', second: 'acme' }, member, close };
    },
  };
}

function cuttableDatabase(inner: LogDatabase) {
  let off = false;
  // Members of a test share one PGlite as processes share a server: none may forget the others when it starts.
  const database: LogDatabase = {
    driver: 'postgres',
    async query(scope, text, values) {
      if (off) throw new Error('cut by the test');
      const rows = await inner.query<never>(scope, text, values);
      if (off) throw new Error('cut by the test');
      return rows;
    },
    listen: (channel, onNotify) =>
      inner.listen(channel, (payload) => {
        if (!off) onNotify(payload);
      }),
  };
  const cut = () => {
    off = true;
  };
  const restore = () => {
    off = false;
  };
  return { database, cut, restore };
}
