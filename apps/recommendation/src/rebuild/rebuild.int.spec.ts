import type { Database } from '@kindred/database';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { testDatabases } from '../../../../test/support/databases.ts';
import { Cinema } from '../cinema.fake.spec.ts';
import { claim, finish, readWanted } from './rebuild.store.ts';
import { refreshStatistics } from './statistics.store.ts';

describe.each(testDatabases())('Rebuilds on $name', ({ name, open }) => {
  let database: Database;
  let cinema: Cinema;
  let tenants = 0;

  beforeAll(async () => {
    database = await open();
  });

  beforeEach(async () => {
    cinema = await Cinema.open(database, `${name}-${++tenants}`);
  });

  const rows = (table: string) =>
    database.query<{ item_id: string }>(
      { tenant: cinema.tenant },
      `select item_id from kindred.${table} where tenant_id = kindred.tenant() order by 1`,
    );
  const wanted = async () => (await readWanted(database)).filter((one) => one.tenant_id === cinema.tenant);
  const like = (user: string, ...items: string[]) => items.map((item) => ({ user, item, type: 'like' }));

  it('follow the interactions: what nobody is for any more goes', async () => {
    await cinema.did(...like('ann', 'a', 'b'), ...like('bora', 'b', 'c'));
    await cinema.rebuild();
    expect((await rows('item_neighbors')).map((row) => row.item_id)).toEqual(['a', 'b', 'c']);
    await cinema.did({ user: 'bora', type: 'hide', item: 'b' });
    await cinema.rebuild();
    expect((await rows('item_neighbors')).map((row) => row.item_id)).toEqual(['a', 'b']);
    await database.query(
      { tenant: cinema.tenant },
      'delete from kindred.interactions where tenant_id = kindred.tenant()',
    );
    await cinema.tell({ kind: 'deleted', user_id: 'ann' }, { kind: 'deleted', user_id: 'bora' });
    await cinema.rebuild();
    expect([await rows('item_neighbors'), await rows('item_popularity')]).toEqual([[], []]);
  });

  it('count a session as its user', async () => {
    await cinema.did({ session: 's', type: 'like', item: 'a' }, { user: 'ann', type: 'like', item: 'b' });
    await cinema.rebuild();
    expect(await rows('item_neighbors')).toEqual([]);
    await cinema.identify('s', 'ann');
    await cinema.rebuild();
    expect((await rows('item_neighbors')).map((row) => row.item_id)).toEqual(['a', 'b']);
  });

  it('are given to one process at a time, again after it died, and not too often', async () => {
    await cinema.did(...like('ann', 'a', 'b'));
    const [one] = await wanted();
    const held = await claim(database, one!, 15);
    expect(held).toBeDefined();
    expect(await claim(database, one!, 15)).toBeUndefined();
    await database.query({ tenant: cinema.tenant }, `update kindred.rebuilds set leased_until = 'epoch'`);
    const again = await claim(database, one!, 15);
    expect(again).toBeDefined();
    await finish(database, one!, held!, true);
    expect(await wanted()).toEqual([]);
    await finish(database, one!, again!, true);
    await cinema.did(...like('bora', 'a', 'b'));
    expect(await wanted()).toHaveLength(1);
    expect(await claim(database, one!, 15)).toBeUndefined();
  });

  it('are still wanted when something changed while one was running', async () => {
    await cinema.did(...like('ann', 'a', 'b'));
    const [one] = await wanted();
    const held = await claim(database, one!, 15);
    await cinema.did(...like('bora', 'a', 'b'));
    await finish(database, one!, held!, true);
    expect(await wanted()).toHaveLength(1);
  });

  it('write nothing that is as it was', async () => {
    await cinema.did(...like('ann', 'a', 'b', 'c'), ...like('bora', 'b', 'c'));
    await cinema.rebuild();
    const versions = () =>
      database.query(
        { tenant: cinema.tenant },
        `select xmin::text from kindred.item_neighbors where tenant_id = kindred.tenant()
         union all select xmin::text from kindred.item_popularity where tenant_id = kindred.tenant()`,
      );
    const before = await versions();
    await cinema.did({ user: 'cho', type: 'impression', item: 'a' }, { user: 'ann', type: 'impression', item: 'a' });
    await cinema.rebuild();
    expect(await versions()).toEqual(before);
  });

  it('are done once more where an older version made the lists', async () => {
    await cinema.did(...like('ann', 'a', 'b'));
    await cinema.rebuild();
    expect(await wanted()).toEqual([]);
    await database.query(
      { tenant: cinema.tenant },
      'update kindred.rebuilds set version = 0 where tenant_id = kindred.tenant()',
    );
    expect(await wanted()).toHaveLength(1);
    await cinema.rebuild();
    expect(await wanted()).toEqual([]);
  });

  it('make what items say of others, given the rest, beside what is nearest to them', async () => {
    // Who likes a and its twin b likes c: the two share what one alone would say.
    const fans = Array.from({ length: 12 }, (_, at) => like(`fan${at}`, 'a', 'b', 'c')).flat();
    await cinema.did(...fans, ...like('cho', 'd', 'c'), ...like('dae', 'd', 'c'));
    await cinema.rebuild();
    const listOf = async (source: string, item: string) => {
      const [row] = await database.query<{ neighbor_ids: string[]; scores: number[] }>(
        { tenant: cinema.tenant },
        `select neighbor_ids, scores from kindred.${source} and tenant_id = kindred.tenant() and item_id = $1`,
        [item],
      );
      return Object.fromEntries(row!.neighbor_ids.map((id, at) => [id, row!.scores[at]!]));
    };
    expect(Object.keys(await listOf('item_neighbors where true', 'd'))).toEqual(['c']);
    const regressed = `item_companions where kind = 'regressed'`;
    for (const twin of ['a', 'b']) expect((await listOf(regressed, twin)).c).toBeCloseTo(12 / (12 + 12 + 100), 5);
    expect((await listOf(regressed, 'd')).c).toBeCloseTo(2 / (2 + 100), 5);
  });

  it('let the planner know how large the tables are, where nothing else does', async () => {
    const sizes = () =>
      database.query<{ rows: number }>(
        { tenant: cinema.tenant },
        `select reltuples::int as rows from pg_class where oid = 'kindred.interactions'::regclass`,
      );
    await cinema.did(...Array.from({ length: 20 }, (_, user) => like(`u${user}`, ...'abcdefghijklmnopqrst')).flat());
    await cinema.rebuild();
    if (name === 'pglite') expect((await sizes())[0]!.rows).toBeGreaterThanOrEqual(400);
    await refreshStatistics(database);
  });
});
