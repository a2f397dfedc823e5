import { KindredError, topics } from '@kindred/contracts';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { postgresUrl } from '../../../../test/support/backends.ts';
import { createTestDatabase, testDatabases } from '../../../../test/support/databases.ts';
import type { LogDatabase } from '../log-database.ts';
import { openMessaging } from '../open-messaging.ts';
import { quick } from '../test-drivers.spec.ts';
import { eventually, numbered, outgoing, Recorder, ready } from '../test-groups.spec.ts';
import { append, read } from './event-log.store.ts';
import { pruneEventLog } from './prune-event-log.ts';

const topic = topics.items.name;

describe.skipIf(!postgresUrl())('two slow writers of one partition', () => {
  let test: Awaited<ReturnType<typeof createTestDatabase>>;
  const clients: pg.Client[] = [];

  beforeAll(async () => {
    test = await createTestDatabase();
    for (let n = 0; n < 3; n++) clients.push(new pg.Client({ connectionString: test.url }));
    await Promise.all(clients.map((client) => client.connect()));
  });
  afterAll(async () => {
    await Promise.all(clients.map((client) => client.end()));
    await test?.drop();
  });

  const over = (client: pg.Client): LogDatabase => ({
    driver: 'postgres',
    query: async (_, text, values) => (await client.query(text, [...(values ?? [])])).rows,
    listen: async () => async () => undefined,
  });
  const appendOne = (client: pg.Client, value: string) => {
    const row = { tenant_id: 'default', partition: 0, key: 'k', headers: {}, start: 1, length: value.length };
    return append(over(client), topic, [row], Buffer.from(value));
  };
  const seen = async (client: pg.Client) => {
    const rows = await read(over(client), { tenant: 'default', topic, partition: 0, offset: 0n }, 10, 1_000);
    return rows.map(({ log_offset, value }) => `${log_offset}=${value}`);
  };

  it('become visible in the order of their offsets: a reader cannot pass the slower one', async () => {
    const [slow, fast, reader] = clients as [pg.Client, pg.Client, pg.Client];
    await slow.query('begin');
    await appendOne(slow, 'slow');
    let committed = false;
    const second = appendOne(fast, 'fast').then(() => {
      committed = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(committed).toBe(false);
    expect(await seen(reader)).toEqual([]);
    await slow.query('commit');
    await second;
    expect(await seen(reader)).toEqual(['0=slow', '1=fast']);
  });

  it('leave no gap when the slower one rolls back', async () => {
    const [slow, fast, reader] = clients as [pg.Client, pg.Client, pg.Client];
    await slow.query('begin');
    await appendOne(slow, 'taken back');
    const second = appendOne(fast, 'third');
    await new Promise((resolve) => setTimeout(resolve, 100));
    await slow.query('rollback');
    await second;
    expect(await seen(reader)).toEqual(['0=slow', '1=fast', '2=third']);
  });

  it('do not deadlock when they write the same partitions in opposite order', async () => {
    const [one, two] = clients as [pg.Client, pg.Client];
    const rows = [3, 1, 2, 0].map((partition, n) => ({
      tenant_id: 'a',
      partition,
      key: 'k',
      headers: {},
      start: n + 1,
      length: 1,
    }));
    const backwards = rows.map(({ partition }, n) => ({ ...rows[n]!, partition: 3 - partition }));
    const values = Buffer.from('abcd');
    const both = Array.from({ length: 40 }, () => [
      append(over(one), topic, rows, values),
      append(over(two), topic, backwards, values),
    ]);
    await Promise.all(both.flat());
  });
});

describe.each(testDatabases())('the event log on $name', ({ open }) => {
  let database: Awaited<ReturnType<typeof open>>;
  beforeAll(async () => {
    database = await open();
  });
  const messaging = (tenant: string) =>
    openMessaging({ clientId: 'test', database, tuning: quick, tenantPrefixes: { '': tenant } });
  const age = (days: number) =>
    database.query(
      { maintenance: 'event-log' },
      `update kindred.event_log set appended_at = now() - $1 * interval '1 day'`,
      [days],
    );

  it('serves tenants that nobody declared', async () => {
    const log = await messaging('default');
    const recorder = new Recorder();
    await ready(await recorder.consume(log));
    await log.publish(topic, [outgoing('a', '새 고객', { tenant: 'brand-new' })]);
    await recorder.sees(['새 고객']);
    expect(recorder.seen[0]!.tenant).toBe('brand-new');
    await log.close();
  });

  it('of one process forgets the members of an earlier run: nobody waits for the leases of the dead', async () => {
    const all = { maintenance: 'event-log' } as const;
    const before = await messaging('default');
    const recorder = new Recorder();
    await (await recorder.consume(before)).stop();
    await before.publish(topic, [outgoing('a', 'left behind', { tenant: 'late' })]);
    await before.close();
    await database.query(
      all,
      `update kindred.consumer_offsets set member_id = 'dead', lease_until = now() + interval '1 hour'`,
    );
    await database.query(
      all,
      `insert into kindred.consumer_members (tenant_id, group_id, member_id, alive_until)
       values ('system', $1, 'dead', now() + interval '1 hour')`,
      [`${recorder.group}/${topic}`],
    );
    const reopened: LogDatabase = {
      driver: 'pglite',
      query: (scope, text, values) => database.query(scope, text, values),
      listen: (channel, onNotify) => database.listen(channel, onNotify),
    };
    const log = await openMessaging({ clientId: 'test', database: reopened, tuning: quick });
    await recorder.consume(log);
    await eventually(() => expect(recorder.values).toContain('left behind'), 5_000);
    await log.close();
  });

  it('refuses null bytes in keys and headers, and takes them in values', async () => {
    const log = await messaging('default');
    const refused = expect.objectContaining({ code: 'TEXT_HAS_NULL_BYTE' });
    await expect(log.publish(topic, [outgoing('a\0b', 'x')])).rejects.toThrow(refused);
    await expect(log.publish(topic, [outgoing('a', 'x', { headers: { h: '\0' } })])).rejects.toThrow(KindredError);
    await log.publish(topic, [outgoing('a', Buffer.from([0, 0]))]);
    await log.close();
  });

  it('prunes what is old and passed by every group, and a later group starts behind it', async () => {
    const log = await messaging('pruned');
    await log.publish(
      topic,
      numbered(40, 8).map((message) => ({ ...message, tenant: 'pruned' })),
    );
    await age(10);
    expect(await pruneEventLog(database, 11)).toBe(0);
    const first = new Recorder();
    const consumer = await first.consume(log);
    await eventually(async () => expect((await log.lag([{ group: first.group, topic }]))[0]!.lag).toBe(0));
    await consumer.stop();
    await log.publish(topic, [outgoing('new', 'new', { tenant: 'pruned' })]);
    expect(await pruneEventLog(database, 9)).toBeGreaterThanOrEqual(40);
    const second = new Recorder();
    await second.consume(log);
    await eventually(async () => expect((await log.lag([{ group: second.group, topic }]))[0]!.lag).toBe(0));
    expect(second.values).toEqual(['new']);
    await log.close();
  });

  it('keeps the messages of a topic that no group has read yet', async () => {
    const log = await messaging('kept');
    await log.publish(topics.users.name, [outgoing('a', 'x', { tenant: 'kept' })]);
    await age(100);
    const before = await database.query<{ n: number }>(
      { tenant: 'kept' },
      'select count(*)::int as n from kindred.event_log',
    );
    await pruneEventLog(database, 1);
    const after = await database.query<{ n: number }>(
      { tenant: 'kept' },
      'select count(*)::int as n from kindred.event_log',
    );
    expect(after).toEqual(before);
    expect(after[0]!.n).toBe(1);
    await log.close();
  });

  it('appends a large publish in several transactions, in order', async () => {
    const log = await messaging('large');
    const recorder = new Recorder();
    const messages = Array.from({ length: 24 }, (_, n) =>
      outgoing('one', Buffer.alloc(1_500_000, n), { tenant: 'large' }),
    );
    await log.publish(topic, messages);
    await recorder.consume(log, {
      handle: async (batch) => {
        recorder.seen.push(...batch.filter(({ tenant }) => tenant === 'large'));
        return batch.map(() => ({ kind: 'done' }));
      },
    });
    await eventually(() => expect(recorder.seen.map(({ value }) => value[0])).toEqual(messages.map((_, n) => n)));
    await log.close();
  });
});
