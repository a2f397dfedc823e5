import type { Database } from '@kindred/database';
import { Log, Metrics } from '@kindred/runtime';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { testDatabases } from '../../../../test/support/databases.ts';
import { Cinema } from '../cinema.fake.spec.ts';
import { RobotMetrics } from './robot-metrics.ts';
import { readRobots } from './robots.store.ts';

describe.each(testDatabases())('Robots on $name', ({ name, open }) => {
  let database: Database;
  let cinema: Cinema;
  let tenants = 0;

  beforeAll(async () => {
    database = await open();
  });

  beforeEach(async () => {
    cinema = await Cinema.open(database, `${name}-robots-${++tenants}`);
  });

  /** So many events by turns with the items, all of one minute that is over. */
  const burst = (count: number, { type = 'purchase', ...by }: { user?: string; session?: string; type?: string }) =>
    database.query(
      { tenant: cinema.tenant },
      `insert into kindred.interactions (tenant_id, event_id, occurred_at, type, user_id, session_id, collection_id, item_id)
       select kindred.tenant(), concat_ws('-', $2::text, $3::text, $4::text, n), date_trunc('minute', now()) - interval '1 second', $2, $3, $4, $1,
         case when n % 2 = 0 then 'spam' else 'more spam' end from generate_series(1, $5::int) as n`,
      [cinema.collectionId, type, by.user ?? null, by.session ?? null, count],
    );
  const noted = () =>
    database.query<{ owner: string; events: number }>(
      { tenant: cinema.tenant },
      'select owner, events from kindred.robots where tenant_id = kindred.tenant() order by owner',
    );
  const itemsOf = async (table: string) => {
    const rows = await database.query<{ item_id: string }>(
      { tenant: cinema.tenant },
      `select distinct item_id from kindred.${table} where tenant_id = kindred.tenant() order by 1`,
    );
    return rows.map((row) => row.item_id);
  };
  const now = new Date().toISOString();
  const fans = ['ann', 'bora', 'cho'].flatMap((user) =>
    ['a', 'b'].flatMap((item) => ['view', 'purchase'].map((type) => ({ user, type, item, at: now }))),
  );

  it('are kept out of every list, of popularity and of trends, whatever they sent', async () => {
    await cinema.put({ id: 'a' }, { id: 'b' }, { id: 'spam' }, { id: 'more spam' });
    await cinema.did(...fans);
    await burst(100_000, { user: 'robot' });
    await burst(600, { session: 'crawler', type: 'view' });
    await cinema.rebuild();
    expect(await noted()).toEqual([
      { owner: 'scrawler', events: 600 },
      { owner: 'urobot', events: 100_000 },
    ]);
    for (const table of ['item_neighbors', 'item_companions', 'item_popularity'])
      expect([table, await itemsOf(table)]).toEqual([table, ['a', 'b']]);
    const { hits } = await cinema.trending({});
    expect(hits.map((hit) => hit.itemId)).toEqual(['a', 'b']);
  });

  it('still get recommendations', async () => {
    await cinema.put({ id: 'a' }, { id: 'b' }, { id: 'spam' });
    await cinema.did(...fans);
    await burst(600, { user: 'robot' });
    await cinema.rebuild();
    expect(await cinema.ids({ userId: 'robot' })).toEqual(['a', 'b']);
  });

  it('are not who has many events in all, nor who was shown much, nor who has just as many as a minute may have', async () => {
    const shared = { perMinute: 500, tenant: cinema.tenant, collectionId: cinema.collectionId };
    await burst(500, { user: 'busy' });
    await burst(600, { user: 'shown', type: 'impression' });
    await database.query(
      { tenant: cinema.tenant },
      `insert into kindred.interactions (tenant_id, event_id, occurred_at, type, user_id, collection_id, item_id)
       select kindred.tenant(), 'old' || n, now() - interval '1 minute' * n, 'like', 'old', $1, 'a' from generate_series(1, 600) as n`,
      [cinema.collectionId],
    );
    await cinema.did({ user: 'ann', type: 'like', item: 'a' });
    await cinema.rebuild();
    expect(await noted()).toEqual([]);
    expect(await readRobots(database, shared)).toEqual([]);
    expect(await readRobots(database, { ...shared, perMinute: 499 })).toEqual([{ owner: 'ubusy', events: 500 }]);
    expect(await itemsOf('item_popularity')).toEqual(['a', 'more spam', 'spam']);
  });

  it('are one with the sessions that belong to them, and are forgotten with their events', async () => {
    await cinema.identify('s1', 'robot');
    await burst(300, { user: 'robot' });
    await burst(300, { session: 's1' });
    await cinema.did({ user: 'ann', type: 'like', item: 'a' });
    await cinema.rebuild();
    expect(await noted()).toEqual([{ owner: 'urobot', events: 600 }]);
    await database.query(
      { tenant: cinema.tenant },
      `delete from kindred.interactions where tenant_id = kindred.tenant() and session_id = 's1'`,
    );
    await cinema.did({ user: 'ann', type: 'like', item: 'b' });
    await cinema.rebuild();
    expect(await noted()).toEqual([]);
    expect(await itemsOf('item_popularity')).toEqual(['a', 'b', 'more spam', 'spam']);
  });

  it('are counted in the metrics, and in nothing while the database is away', async () => {
    await cinema.did({ user: 'ann', type: 'like', item: 'a' });
    await burst(600, { user: 'robot', type: 'hide' });
    await cinema.rebuild();
    expect(await noted()).toEqual([{ owner: 'urobot', events: 600 }]);
    const metrics = new Metrics();
    let away = false;
    const query: Database['query'] = (...given) =>
      away ? Promise.reject(new Error('away')) : database.query(...given);
    new RobotMetrics(metrics, { query } as Database, Log.silent());
    expect(await metrics.text()).toMatch(/^kindred_robots\{collection="films"\} [1-9]/m);
    away = true;
    expect(await metrics.text()).not.toMatch(/^kindred_robots/m);
  });
});
