import { KindredError, type TopicName, topics } from '@kindred/contracts';
import { describe, expect, it } from 'vitest';
import { groupBy } from './group-by.ts';
import type { IncomingMessage, Outcome } from './messaging.ts';
import { testDrivers } from './test-drivers.spec.ts';
import {
  done,
  eventually,
  freshLog,
  newGroup,
  numbered,
  outgoing,
  Recorder,
  ready,
  sleep,
} from './test-groups.spec.ts';

const items = topics.items.name;

describe.each(testDrivers())('messages over $name', (driver) => {
  const log = freshLog(driver);

  it('arrive as they were published: bytes, key, headers, tenant, and when the log took them', async () => {
    const { messaging } = await log().member();
    const recorder = new Recorder();
    await recorder.consume(messaging);
    const value = Buffer.from([0, 255, 1, 128]);
    const headers = { 'content-type': 'application/json', 이름: '무선 마우스 🖱️' };
    const before = Date.now();
    await messaging.publish(items, [outgoing('상품-1 "quoted"', value, { headers, tenant: log().tenants.second })]);
    await recorder.sees([value.toString()]);
    const [message] = recorder.seen as [IncomingMessage];
    expect(message).toMatchObject({ tenant: 'acme', topic: items, key: '상품-1 "quoted"', value, headers });
    expect(Number(message.receivedAt / 1_000n)).toBeGreaterThanOrEqual(before - 2_000);
    expect(Number(message.receivedAt / 1_000n)).toBeLessThanOrEqual(Date.now() + 2_000);
  });

  it('keep their order per key, over several publishes and small batches', async () => {
    const { messaging } = await log().member();
    const messages = numbered(400, 17);
    for (let from = 0; from < messages.length; from += 90)
      await messaging.publish(items, messages.slice(from, from + 90));
    const recorder = new Recorder();
    const sizes: number[] = [];
    const handle = async (batch: IncomingMessage[]) => {
      sizes.push(batch.length);
      recorder.seen.push(...batch);
      return done(batch);
    };
    await recorder.consume(messaging, { maxBatch: 7, handle });
    await eventually(() => expect(recorder.seen.length).toBe(400));
    expect(Math.max(...sizes)).toBeLessThanOrEqual(7);
    for (const [key, seen] of groupBy(recorder.seen, ({ key }) => key)) {
      expect(
        seen.map(({ value }) => Number(value)),
        key,
      ).toEqual(seen.map((_, n) => n));
      expect(new Set(seen.map(({ partition }) => partition)).size, key).toBe(1);
    }
  });

  it('keep their order per key when many publish at once', async () => {
    const { messaging } = await log().member();
    await Promise.all(
      Array.from({ length: 10 }, async (_, key) => {
        for (let n = 0; n < 10; n++) await messaging.publish(items, [outgoing(`key-${key}`, String(n))]);
      }),
    );
    const recorder = new Recorder();
    await recorder.consume(messaging);
    await eventually(() => expect(recorder.seen.length).toBe(100));
    for (const seen of groupBy(recorder.seen, ({ key }) => key).values()) {
      expect(seen.map(({ value }) => Number(value))).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    }
  });

  it('come in batches of one tenant and one partition', async () => {
    const { messaging } = await log().member();
    const mixed = numbered(60, 20).map((message, n) => ({
      ...message,
      tenant: n % 2 ? log().tenants.first : log().tenants.second,
    }));
    await messaging.publish(items, mixed);
    const recorder = new Recorder();
    const handle = async (batch: IncomingMessage[]) => {
      expect(new Set(batch.map(({ tenant, partition }) => `${tenant}/${partition}`)).size).toBe(1);
      recorder.seen.push(...batch);
      return done(batch);
    };
    const consumer = await recorder.consume(messaging, { handle });
    await eventually(() => expect(recorder.seen.length).toBe(60));
    expect(consumer.status().reason).toBe('');
    expect(recorder.seen.filter(({ tenant }) => tenant === 'acme').length).toBe(30);
  });

  it('reach every group, each at its own pace, and the lag tells how far', async () => {
    const { messaging } = await log().member();
    await messaging.publish(items, numbered(30, 10));
    const first = new Recorder();
    const second = new Recorder();
    await first.consume(messaging);
    await first.sees(numbered(30, 10).map(({ value }) => String(value)));
    const groups = [first, second].map(({ group }) => ({ group, topic: items as TopicName }));
    await eventually(async () => expect((await messaging.lag(groups)).map(({ lag }) => lag)).toEqual([0, 30]));
    await second.consume(messaging);
    await eventually(() => expect(second.seen.length).toBe(30));
  });

  it('of many bytes go through, and those too large for the topic are refused by name', async () => {
    const { messaging } = await log().member();
    const big = 'x'.repeat(1_500_000);
    await messaging.publish(items, [outgoing('big-1', big), outgoing('big-2', big)]);
    const refusal = messaging.publish(items, [outgoing('huge', 'x'.repeat(5_000_000))]);
    await expect(refusal).rejects.toThrow(expect.objectContaining({ code: 'FIELD_TOO_LARGE' }));
    await expect(refusal).rejects.toThrow('"huge"');
    const recorder = new Recorder();
    await recorder.consume(messaging);
    await recorder.sees([big, big]);
  });

  it('cannot go to or come from an undeclared topic', async () => {
    const { messaging } = await log().member();
    const topic = 'products.v9' as TopicName;
    await expect(messaging.publish(topic, [outgoing('a', 'b')])).rejects.toThrow('"products.v9" is not declared');
    const handle = async (): Promise<Outcome[]> => [];
    await expect(messaging.consume({ group: newGroup(), topic, handle })).rejects.toThrow(KindredError);
  });

  it('wait for the batch in flight when the consumer stops, and are not delivered again', async () => {
    const { messaging } = await log().member();
    await messaging.publish(items, [outgoing('a', '1')]);
    const recorder = new Recorder();
    let finished = false;
    const handle = async (batch: IncomingMessage[]) => {
      recorder.seen.push(...batch);
      await sleep(300);
      finished = true;
      return done(batch);
    };
    const consumer = await recorder.consume(messaging, { handle });
    await eventually(() => expect(recorder.seen.length).toBe(1));
    await consumer.stop();
    expect(finished).toBe(true);
    await messaging.publish(items, [outgoing('a', '2')]);
    await recorder.consume(messaging);
    await recorder.sees(['1', '2']);
  });

  it('are neither taken nor sent after close', async () => {
    const { messaging } = await log().member();
    await messaging.ping();
    await messaging.close();
    await expect(messaging.publish(items, [outgoing('a', '1')])).rejects.toThrow('shutting down');
  });

  it('find a consumer that has been waiting', async () => {
    const { messaging } = await log().member();
    const recorder = new Recorder();
    const consumer = await recorder.consume(messaging);
    await ready(consumer);
    await sleep(400);
    await messaging.publish(items, [outgoing('a', '1')]);
    await eventually(() => expect(recorder.seen.length).toBe(1));
  });
});
