import { KindredError, topics } from '@kindred/contracts';
import { describe, expect, it } from 'vitest';
import { decodeDeadLetter, replayOf } from './dead-letter.ts';
import { isolatePoison } from './isolate-poison.ts';
import type { BatchContext, IncomingMessage, Outcome } from './messaging.ts';
import { testDrivers } from './test-drivers.spec.ts';
import { done, eventually, freshLog, numbered, outgoing, Recorder, ready, sleep } from './test-groups.spec.ts';

const items = topics.items.name;
const refusal = new KindredError('FIELD_MISSING', 'item_id', 'item_id is missing');
const refusePoison = (messages: IncomingMessage[]): Outcome[] =>
  messages.map(({ value }) =>
    value.toString() === 'poison' ? { kind: 'rejected', error: refusal } : { kind: 'done' },
  );

describe.each(testDrivers())('a failing handler over $name', (driver) => {
  const log = freshLog(driver);

  it('gets the same batch again, later and later, while its consumer is not ready and other partitions go on', async () => {
    const { messaging } = await log().member();
    await messaging.publish(items, numbered(60, 12));
    const recorder = new Recorder();
    const attempts: { at: number; offsets: bigint[] }[] = [];
    const handle = async (batch: IncomingMessage[]) => {
      if (batch[0]!.partition === 2 && attempts.length < 4) {
        attempts.push({ at: performance.now(), offsets: batch.map(({ offset }) => offset) });
        throw new Error('the database is away');
      }
      recorder.seen.push(...batch);
      return done(batch);
    };
    const consumer = await recorder.consume(messaging, { handle, maxBatch: 3 });
    await eventually(() => expect(attempts.length).toBeGreaterThan(1));
    expect(consumer.status().ready).toBe(false);
    expect(consumer.status().reason).toMatch(/2 failed \d times?: the database is away/);
    await eventually(() => expect(recorder.seen.length).toBe(60));
    expect(attempts.every(({ offsets }) => offsets.join() === attempts[0]!.offsets.join())).toBe(true);
    const waits = attempts.slice(1).map(({ at }, n) => at - attempts[n]!.at);
    expect(waits[0]).toBeGreaterThanOrEqual(24);
    expect(waits[2]).toBeGreaterThanOrEqual(99);
    await ready(consumer);
    const own = recorder.seen.filter(({ partition }) => partition === 2).map(({ offset }) => offset);
    expect(own).toEqual(own.toSorted((a, b) => Number(a - b)));
    expect(new Set(own).size).toBe(own.length);
  });

  it('that did part of its work commits nothing', async () => {
    const { messaging } = await log().member();
    await messaging.publish(
      items,
      Array.from({ length: 10 }, (_, n) => outgoing('one', String(n))),
    );
    const recorder = new Recorder();
    let failing = true;
    const handle = async (batch: IncomingMessage[]) => {
      recorder.seen.push(...batch.slice(0, 4));
      if (failing) throw new Error('power cut');
      recorder.seen.push(...batch.slice(4));
      return done(batch);
    };
    await recorder.consume(messaging, { handle });
    await eventually(() => expect(recorder.seen.length).toBeGreaterThanOrEqual(8));
    expect(await messaging.lag([{ group: recorder.group, topic: items }])).toEqual([
      { group: recorder.group, topic: items, lag: 10 },
    ]);
    failing = false;
    await eventually(async () =>
      expect((await messaging.lag([{ group: recorder.group, topic: items }]))[0]!.lag).toBe(0),
    );
    expect(new Set(recorder.values).size).toBe(10);
  });

  it('that forgets outcomes is not taken at its word', async () => {
    const { messaging } = await log().member();
    await messaging.publish(items, [outgoing('a', '1'), outgoing('a', '2')]);
    const recorder = new Recorder();
    const consumer = await recorder.consume(messaging, { handle: async () => [{ kind: 'done' }] });
    await eventually(() => expect(consumer.status().reason).toContain('returned 1 outcomes for 2 messages'));
    expect((await messaging.lag([{ group: recorder.group, topic: items }]))[0]!.lag).toBe(2);
  });

  it('that rejects a message moves on past it, and the dead letter holds what it was', async () => {
    const { messaging } = await log().member();
    const value = Buffer.from('poison');
    const headers = { 'trace-id': 'abc', 출처: '쇼핑몰' };
    const tenant = log().tenants.second;
    await messaging.publish(items, [
      outgoing('a', 'before', { tenant }),
      outgoing('a', value, { headers, tenant }),
      outgoing('a', 'after', { tenant }),
    ]);
    const recorder = new Recorder();
    const handle = async (batch: IncomingMessage[]) => {
      recorder.seen.push(...batch);
      return refusePoison(batch);
    };
    const consumer = await recorder.consume(messaging, { handle });
    const letters = new Recorder();
    await letters.consume(messaging, { topic: topics.deadLetters.name });
    await eventually(() => expect(letters.seen.length).toBe(1));
    await eventually(async () =>
      expect((await messaging.lag([{ group: recorder.group, topic: items }]))[0]!.lag).toBe(0),
    );
    expect(recorder.values).toEqual(['before', 'poison', 'after']);
    expect(consumer.status().ready).toBe(true);
    const letter = decodeDeadLetter(letters.seen[0]!.value);
    const poison = recorder.seen[1]!;
    expect(letters.seen[0]!.tenant).toBe(tenant);
    expect(letter).toMatchObject({
      dead_letter_id: `${recorder.group}/items.v1/${poison.partition}/${poison.offset}`,
      topic: items,
      key: 'a',
      value_base64: value.toString('base64'),
      headers,
      reason_code: 'FIELD_MISSING',
      field: 'item_id',
      reason: 'item_id is missing',
      step: recorder.group,
    });
  });

  it('can be given its dead letters again, as they were', async () => {
    const { messaging } = await log().member();
    await messaging.publish(items, [outgoing('상품', 'poison', { headers: { a: 'b' } })]);
    const recorder = new Recorder();
    let mended = false;
    const handle = async (batch: IncomingMessage[]) => {
      recorder.seen.push(...batch);
      return mended ? done(batch) : refusePoison(batch);
    };
    await recorder.consume(messaging, { handle });
    const letters = new Recorder();
    await letters.consume(messaging, { topic: topics.deadLetters.name });
    await eventually(() => expect(letters.seen.length).toBe(1));
    mended = true;
    const { topic, message } = replayOf(decodeDeadLetter(letters.seen[0]!.value), letters.seen[0]!.tenant);
    await messaging.publish(topic as typeof items, [message]);
    await eventually(() => expect(recorder.seen.length).toBe(2));
    const [first, again] = recorder.seen.map(({ key, value, headers, tenant }) => ({ key, value, headers, tenant }));
    expect(again).toEqual(first);
    await sleep(100);
    expect(letters.seen.length).toBe(1);
  });

  it('that cannot tell which message is bad has it isolated, and the neighbors are stored in order', async () => {
    const { messaging } = await log().member();
    const values = Array.from({ length: 20 }, (_, n) => (n === 7 || n === 13 ? 'poison' : String(n)));
    await messaging.publish(
      items,
      values.map((value) => outgoing('one', value)),
    );
    const stored = new Recorder();
    const storeAll = async (batch: IncomingMessage[], _: BatchContext) => {
      if (refusePoison(batch).some(({ kind }) => kind === 'rejected')) throw new RangeError('value out of range');
      stored.seen.push(...batch);
      return done(batch);
    };
    await stored.consume(messaging, { handle: isolatePoison(storeAll, (error) => error instanceof RangeError) });
    const letters = new Recorder();
    await letters.consume(messaging, { topic: topics.deadLetters.name });
    await eventually(() => expect(letters.seen.length).toBe(2));
    expect(stored.values).toEqual(values.filter((value) => value !== 'poison'));
  });

  it('of dead letters that refuses one does not make another of it', async () => {
    const lines: string[] = [];
    const { messaging } = await log().member({ log: ({ level, message }) => lines.push(`${level}: ${message}`) });
    const topic = topics.deadLetters.name;
    await messaging.publish(topic, [outgoing('x', 'not json'), outgoing('x', 'poison')]);
    const recorder = new Recorder();
    const handle = async (batch: IncomingMessage[]) => {
      recorder.seen.push(...batch);
      return refusePoison(batch);
    };
    await recorder.consume(messaging, { topic, handle });
    await eventually(async () => expect((await messaging.lag([{ group: recorder.group, topic }]))[0]!.lag).toBe(0));
    await sleep(100);
    expect(recorder.values).toEqual(['not json', 'poison']);
    expect(lines.filter((line) => line.startsWith('error: A dead letter was refused'))).toHaveLength(1);
  });
});
