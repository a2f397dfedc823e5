import type { Database } from '@kindred/database';
import type { CollectionRow } from '@kindred/vector-index';
import { beforeAll, describe, expect, it } from 'vitest';
import { testDatabases } from '../../../../test/support/databases.ts';
import { Cinema } from '../cinema.fake.spec.ts';
import { settingsOf } from '../settings.ts';
import { type HistoryQuery, mostEvents, readHistory } from './history.store.ts';
import type { JudgedItem } from './judged-items.ts';
import { newestFirst } from './seeds.ts';

const day = 86_400_000;
const daysAgo = (days: number) => new Date(Date.now() - days * day).toISOString();
const byId = (items: readonly JudgedItem[]) => items.toSorted((left, right) => (left.item_id < right.item_id ? -1 : 1));

describe.each(testDatabases())('What people did on $name', ({ name, open }) => {
  let cinema: Cinema;
  let query: Pick<HistoryQuery, 'collection' | 'itemIds' | 'impressionDays' | 'withFactors' | 'settings'>;

  beforeAll(async () => {
    cinema = await Cinema.open(await open(), name);
    const collection = { tenant: cinema.tenant, collectionId: cinema.collectionId } as CollectionRow;
    query = { collection, itemIds: [], impressionDays: 7, withFactors: false, settings: settingsOf() };
    await cinema.put({ id: 'a' }, { id: 'b' }, { id: 'c' }, { id: '무선 마우스' });
    await cinema.identify('phone', 'ann');
    await cinema.store(
      { user: 'ann', type: 'like', item: 'a', at: daysAgo(900) },
      { user: 'ann', type: 'rating', value: 1, item: 'a', at: daysAgo(1_000) },
      { user: 'ann', type: 'purchase', item: 'b', at: daysAgo(40) },
      { user: 'ann', type: 'purchase', item: 'b', at: daysAgo(20) },
      { session: 'phone', type: 'view', item: 'b', at: daysAgo(10) },
      { session: 'phone', type: 'watch_portion', value: 0.9, item: '무선 마우스', at: daysAgo(3) },
      ...[1, 2, 3, 30].map((days) => ({ user: 'ann', type: 'impression', item: 'c', at: daysAgo(days) })),
      { user: 'ann', type: 'impression', item: 'a', at: daysAgo(1) },
      { user: 'ben', session: 'tv', type: 'click', item: 'c', at: daysAgo(2) },
      { session: 'tv', type: 'hide', item: 'a', at: daysAgo(2) },
    );
  });

  it('judges all events of an item together, whenever they were', async () => {
    const person = { userIds: ['ann'], sessionId: '' };
    const { items } = await readHistory(cinema.database, { ...query, person });
    const [a, b, c, korean] = byId(items);
    expect(a).toMatchObject({ item_id: 'a', strength: -0.5, impressions: 0 });
    expect(b!.bought_at! * 1_000).toBeCloseTo(Date.parse(daysAgo(20)), -5);
    expect(b!.met_at * 1_000).toBeCloseTo(Date.parse(daysAgo(10)), -5);
    expect(c).toMatchObject({ item_id: 'c', strength: 0, met_at: 0, bought_at: null, impressions: 3 });
    expect(korean).toMatchObject({ item_id: '무선 마우스', strength: 0.8 });
  });

  it('takes an event dated ahead for one of when it came', async () => {
    const ahead = (days: number) => new Date(Date.now() + days * day).toISOString();
    const one = { user: 'early', type: 'purchase' };
    await cinema.store({ ...one, item: 'c', at: ahead(700) });
    await cinema.store({ ...one, item: 'a', at: ahead(1) });
    await cinema.store({ ...one, item: 'b', at: daysAgo(1) });
    const person = { userIds: ['early'], sessionId: '' };
    for (const most of [10, 1]) {
      const { items } = await readHistory(cinema.database, { ...query, person }, undefined, most);
      expect(newestFirst(items).map((item) => item.item_id)).toEqual(['a', 'c', 'b']);
      for (const { bought_at, met_at } of items) {
        expect(bought_at).toBe(met_at);
        expect(met_at * 1_000).toBeLessThan(Date.now() + 60_000);
      }
    }
  });

  it.each([
    ['a user', { userIds: ['ann'], sessionId: '' }],
    ['a session that somebody logged into', { userIds: [], sessionId: 'phone' }],
    ['a session of several', { userIds: ['ann'], sessionId: 'tv' }],
    ['a household', { userIds: ['ann', 'ben', 'nobody'], sessionId: '' }],
  ])('says the same of %s, judged event by event or in the database', async (_, person) => {
    const here = await readHistory(cinema.database, { ...query, person });
    const there = await readHistory(cinema.database, { ...query, person }, undefined, 2);
    expect(here.items.length).toBeGreaterThan(2);
    expect(byId(there.items)).toEqual(byId(here.items));
    expect({ ...there, items: [] }).toEqual({ ...here, items: [], stamp: undefined });
  });

  it('reads a row for each item of who has 50,000 events, and keeps what was refused long ago', async () => {
    await cinema.store({ user: 'busy', type: 'dislike', item: 'a', at: '1990-01-01T00:00:00Z' });
    await cinema.database.query(
      { tenant: cinema.tenant },
      `insert into kindred.interactions (tenant_id, event_id, occurred_at, type, user_id, collection_id, item_id)
       select kindred.tenant(), 'busy-' || n, now() - n * interval '1 minute', 'view', 'busy', $1,
         case when n % 200 = 0 then 'a' else 'film-' || n % 200 end from generate_series(1, 50000) as n`,
      [cinema.collectionId],
    );
    let rows = 0;
    const counted = Object.create(cinema.database, {
      query: {
        value: async (...call: Parameters<Database['query']>) => {
          const read = await cinema.database.query(...call);
          rows += read.length;
          return read;
        },
      },
    }) as Database;
    const person = { userIds: ['busy'], sessionId: '' };
    const { items } = await readHistory(counted, { ...query, person });
    expect(items).toHaveLength(200);
    expect(rows).toBeLessThanOrEqual(mostEvents + 10 + items.length);
    expect(items.find((item) => item.item_id === 'a')!.strength).toBeLessThan(0);
    await cinema.rebuild();
    const shown = await cinema.ids({ userId: 'busy', limit: 100 });
    expect(shown).toContain('b');
    expect(shown).not.toContain('a');
  });
});
