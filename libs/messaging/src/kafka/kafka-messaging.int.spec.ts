import { KindredError, topics } from '@kindred/contracts';
import kafkajs from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { kafkaBrokers } from '../../../../test/support/backends.ts';
import { openMessaging } from '../open-messaging.ts';
import type { LogEntry } from '../options.ts';
import { kafkaDriver, quick } from '../test-drivers.spec.ts';
import { eventually, freshLog, newGroup, outgoing, Recorder } from '../test-groups.spec.ts';

const brokers = kafkaBrokers();
const topic = topics.items.name;

describe.skipIf(!brokers)('messaging over Kafka', () => {
  const log = freshLog(kafkaDriver(brokers ?? []));

  it('refuses a tenant without a topic prefix, and says how to give it one', async () => {
    const { messaging } = await log().member();
    const refusal = messaging.publish(topic, [outgoing('a', 'b', { tenant: 'nobody' })]);
    await expect(refusal).rejects.toThrow(KindredError);
    await expect(refusal).rejects.toThrow('KAFKA_TENANT_PREFIXES');
  });

  it('does not start a consumer of a missing topic, and does not make it by publishing', async () => {
    const tenantPrefixes = { [`${log().topicPrefix}absent.`]: 'default' };
    const { messaging } = await log().member({ tenantPrefixes });
    const start = messaging.consume({ group: newGroup(), topic, handle: async () => [] });
    await expect(start).rejects.toThrow('run "kindred migrate"');
    await expect(messaging.publish(topic, [outgoing('a', 'b')])).rejects.toThrow('run "kindred migrate"');
    await messaging.ensureTopics();
    await messaging.ensureTopics();
    await messaging.publish(topic, [outgoing('a', 'b')]);
  });

  it('takes what other producers write: null keys and values, repeated headers, gzip, and puts keys where they do', async () => {
    const { messaging } = await log().member();
    const recorder = new Recorder();
    await recorder.consume(messaging);
    await messaging.publish(topic, [outgoing('상품-7', 'ours')]);
    const name = await ownTopic();
    const producer = new kafkajs.Kafka({
      brokers: brokers!,
      clientId: 'other',
      logLevel: kafkajs.logLevel.NOTHING,
    }).producer({
      createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
    });
    await producer.connect();
    await producer.send({
      topic: name,
      compression: kafkajs.CompressionTypes.GZIP,
      messages: [
        { key: '상품-7', value: 'theirs', headers: { a: ['1', '2'] } },
        { key: null, value: null },
      ],
    });
    await producer.disconnect();
    // Their producer repeats messages when a fresh partition has no leader yet: at least once is all it promises.
    await eventually(() => expect(new Set(recorder.values)).toEqual(new Set(['ours', 'theirs', ''])));
    const [ours, theirs, empty] = ['ours', 'theirs', ''].map(
      (value) => recorder.seen.find((one) => one.value.toString() === value)!,
    );
    expect(theirs!.partition).toBe(ours!.partition);
    expect(theirs!.headers).toEqual({ a: '2' });
    expect(empty!.key).toBe('');
  });

  async function ownTopic(): Promise<string> {
    const admin = new kafkajs.Kafka({
      brokers: brokers!,
      clientId: 'other',
      logLevel: kafkajs.logLevel.NOTHING,
    }).admin();
    await admin.connect();
    const names = await admin.listTopics();
    await admin.disconnect();
    return names.find((name) => name.startsWith(log().topicPrefix!) && name.endsWith(topic))!;
  }

  it('refuses one oversized message without hurting those that share its request', async () => {
    const { messaging } = await log().member();
    const name = await ownTopic();
    const admin = new kafkajs.Kafka({
      brokers: brokers!,
      clientId: 'other',
      logLevel: kafkajs.logLevel.NOTHING,
    }).admin();
    await admin.connect();
    const configEntries = [{ name: 'max.message.bytes', value: '10000' }];
    await admin.alterConfigs({
      validateOnly: false,
      resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name, configEntries }],
    });
    await admin.disconnect();
    const large = () => messaging.publish(topic, [outgoing('a', 'x'.repeat(20_000))]);
    // The broker takes a moment to hear of its new limit.
    await eventually(() => expect(large()).rejects.toThrow('max.message.bytes'));
    const results = await Promise.allSettled([
      messaging.publish(topic, [outgoing('a', 'small')]),
      large(),
      messaging.publish(topic, [outgoing('a', 'small too')]),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect((results[1] as PromiseRejectedResult).reason).toMatchObject({ code: 'FIELD_TOO_LARGE' });
    const recorder = new Recorder();
    await recorder.consume(messaging);
    await eventually(() =>
      expect(new Set(recorder.values.filter((value) => !value.startsWith('x')))).toEqual(
        new Set(['small', 'small too']),
      ),
    );
  });

  it('starts while the brokers are away, says so, and hands its log lines over', async () => {
    const lines: LogEntry[] = [];
    const messaging = await openMessaging({
      brokers: ['127.0.0.1:1'],
      clientId: 'test',
      tuning: quick,
      log: (entry) => lines.push(entry),
    });
    const consumer = await messaging.consume({ group: newGroup(), topic, handle: async () => [] });
    expect(consumer.status().ready).toBe(false);
    expect(consumer.status().reason).toContain('Kafka does not answer');
    await expect(messaging.publish(topic, [outgoing('a', 'b')])).rejects.toThrow(
      expect.objectContaining({ code: 'MESSAGING_UNAVAILABLE' }),
    );
    expect(lines.some(({ level, fields }) => level === 'warn' && String(fields.from).startsWith('kafkajs'))).toBe(true);
    await messaging.close();
  });
});
