import { InteractionType, KindredError, RecordInteractionsRequest, Wait, WriteStatus } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import { BackgroundPromotion, CollectionDirectory } from '@kindred/vector-index';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { testDatabases } from '../../../../test/support/databases.ts';
import { RecordedMessaging } from '../../../../test/support/recorded-messaging.ts';
import { CollectionService } from '../collections/collection.service.ts';
import { ItemService } from '../items/item.service.ts';
import { upsertUsers } from '../users/user.store.ts';
import { CatalogService } from './catalog.service.ts';
import { Completion } from './completion.ts';
import { patienceOf } from './patience.ts';

const tenant = 'default';
const wait = Wait.WAIT_COMPLETED;

describe.each(testDatabases())('writes that are waited for on $name', ({ open }) => {
  const messaging = new RecordedMessaging();
  let database: Database;
  let catalog: CatalogService;
  let isAway = false;
  const unlessAway = <Result>(work: () => Promise<Result>): Promise<Result> =>
    isAway ? Promise.reject(new KindredError('DATABASE_UNAVAILABLE', '', 'The database is away')) : work();
  /** The database, while it is there. */
  const reached = (): Database => ({
    driver: database.driver,
    features: database.features,
    query: (scope, text, values) => unlessAway(() => database.query(scope, text, values)),
    transaction: (scope, work) => unlessAway(() => database.transaction(scope, work)),
    listen: (channel, onNotify) => database.listen(channel, onNotify),
    vector: (values) => database.vector(values),
    vectors: (list) => database.vectors(list),
    close: () => database.close(),
  });
  /** Of a call whose deadline is so far away, on a log that nobody reads. */
  const within = (ms: number) =>
    patienceOf({ cancelled: false, getDeadline: () => Date.now() + ms, once: () => undefined });
  const view = (eventId: string, userId: string) => ({
    ...{ eventId, userId, collection: 'shop', itemId: '1', occurredAt: new Date() },
    type: InteractionType.INTERACTION_TYPE_VIEW,
  });

  beforeAll(async () => {
    database = await open();
    const there = reached();
    const directory = new CollectionDirectory(there);
    const items = new ItemService(there, messaging, directory, new BackgroundPromotion(there, () => {}));
    catalog = new CatalogService(messaging, items, directory, new Completion(there, directory));
    const models = { model: '', imageModel: '', soundModel: '', expansionModel: '' };
    await new CollectionService(database, directory).put(tenant, {
      ...{ name: 'shop', attributes: [], unknownAttributes: 0, items: 0n },
      ...models,
    });
    const gone = { user_id: 'gone', revision: '1', arrival: '0', deleted: true, attributes: {} };
    await database.transaction({ tenant }, (sql) => upsertUsers(sql, [gone]));
  });

  it('refuse events of an erased user at once, each by itself, and publish the others', async () => {
    const request = { interactions: [view('e1', 'ok'), view('e2', 'gone'), view('e3', 'gone')], wait };
    const asked = RecordInteractionsRequest.fromPartial(request);
    const [first, second, third] = await catalog.recordInteractions(tenant, asked, within(300));
    expect(first).toMatchObject({ id: 'e1', status: WriteStatus.WRITE_STATUS_PENDING });
    expect(second).toMatchObject({ id: 'e2', status: WriteStatus.WRITE_STATUS_REJECTED });
    expect(second!.error).toMatchObject({ code: 'USER_ERASED', field: 'interactions[1].user_id' });
    expect(third!.error!.message).toContain('is upserted first');
    expect(messaging.published.map(({ key }) => key)).toEqual(['ok']);
    const alone = RecordInteractionsRequest.fromPartial({ interactions: [view('e4', 'gone')], wait });
    // Waiting for what was never published would outlast the test.
    expect(await catalog.recordInteractions(tenant, alone, within(600_000))).toMatchObject([{ id: 'e4' }]);
  });

  it('refuse a rating out of range by its field, and take its neighbors', async () => {
    const rating = { type: InteractionType.INTERACTION_TYPE_RATING };
    const given = [4.5, 11, Number.NaN].map((value, at) => ({ ...view(`r${at}`, 'rater'), ...rating, value }));
    const request = RecordInteractionsRequest.fromPartial({ interactions: given });
    const results = await catalog.recordInteractions(tenant, request, within(60_000));
    expect(results.map(({ error }) => [error?.code, error?.field])).toEqual([
      [undefined, undefined],
      ['FIELD_INVALID', 'interactions[1].value'],
      ['FIELD_INVALID', 'interactions[2].value'],
    ]);
    expect(results[1]!.error!.message).toContain('from 0 to 10');
  });

  it('give a session to no erased user, and say so', async () => {
    const identified = catalog.identifyUser(tenant, { userId: 'gone', sessionId: 's', wait }, within(60_000));
    await expect(identified).rejects.toMatchObject({ code: 'USER_ERASED', field: 'user_id' });
  });

  it('go to the log without a look for erased users where nobody waits, also while the database is away', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    isAway = true;
    messaging.published.length = 0;
    try {
      // What is known of collections would be read anew by now.
      vi.advanceTimersByTime(60_000);
      const asked = RecordInteractionsRequest.fromPartial({ interactions: [view('w1', 'ok'), view('w2', 'gone')] });
      const statuses = (await catalog.recordInteractions(tenant, asked, within(60_000))).map(({ status }) => status);
      expect(statuses).toEqual([WriteStatus.WRITE_STATUS_ACKNOWLEDGED, WriteStatus.WRITE_STATUS_ACKNOWLEDGED]);
      const known = { userId: 'ok', sessionId: 's', wait: Wait.WAIT_ACKNOWLEDGED };
      await catalog.identifyUser(tenant, known, within(60_000));
      expect(messaging.published.map(({ key }) => key)).toEqual(['ok', 'gone', 'ok']);
      await expect(catalog.recordInteractions(tenant, { ...asked, wait }, within(300))).rejects.toMatchObject({
        code: 'DATABASE_UNAVAILABLE',
      });
    } finally {
      isAway = false;
      vi.useRealTimers();
    }
  });

  it('are pending when the deadline comes near', async () => {
    const asked = { userId: 'somebody', sessionId: 's', wait };
    const result = await catalog.identifyUser(tenant, asked, within(400));
    expect(result.status).toBe(WriteStatus.WRITE_STATUS_PENDING);
  });
});

it.each([
  [10_000, 9_000],
  [300, 250],
  [Number.POSITIVE_INFINITY, 30_000],
  [120_000, 30_000],
])('a deadline in %d ms leaves %d ms of patience', (left, expected) => {
  const now = Date.now();
  const { until } = patienceOf({ cancelled: false, getDeadline: () => now + left, once: () => undefined });
  expect(Math.abs(until - now - expected)).toBeLessThan(50);
});
