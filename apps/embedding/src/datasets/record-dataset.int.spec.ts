import type { Database } from '@kindred/database';
import { beforeAll, describe, expect, it } from 'vitest';
import { testDatabases } from '../../../../test/support/databases.ts';
import { recordDataset } from './record-dataset.ts';
import { hashByHand, Shelf } from './shelf.fake.spec.ts';

describe.each(testDatabases())('Recording a dataset on $name', ({ open }) => {
  let database: Database;
  let shelf: Shelf;
  beforeAll(async () => {
    database = await open();
    shelf = new Shelf(database);
  });

  it('records for a training under a generated name, once per content', async () => {
    const tenant = await shelf.setUp([['a', 1n]], ['e1']);
    const recorded = await Promise.all([1, 2, 3].map(() => recordDataset(database, tenant, { collection: 'movies' })));
    expect(new Set(recorded.map(({ name }) => name)).size).toBe(1);
    const [first] = recorded;
    expect(first!.name).toMatch(/^movies-\d{8}-[0-9a-f]{6}$/);
    expect(first!.hash).toBe(hashByHand([['a', 1n]], ['e1']));
    expect(await recordDataset(database, tenant, { name: 'mine', collection: 'movies' })).toEqual(first);
    await shelf.upsert(tenant, [['a', 2n]]);
    const second = await recordDataset(database, tenant, { name: 'mine', collection: 'movies' });
    expect(second).toEqual({ name: 'mine', hash: hashByHand([['a', 2n]], ['e1']) });
    await shelf.upsert(tenant, [['a', 3n]]);
    const taken = recordDataset(database, tenant, { name: 'mine', collection: 'movies' });
    await expect(taken).rejects.toMatchObject({ code: 'DATASET_EXISTS', field: 'name' });
  });

  it('does not take an equal dataset of another collection for its own', async () => {
    const tenant = await shelf.setUp();
    const long = 'x'.repeat(64);
    await shelf.addCollection(tenant, long);
    const movies = await recordDataset(database, tenant, { collection: 'movies' });
    const other = await recordDataset(database, tenant, { collection: long });
    expect(other.hash).toBe(movies.hash);
    expect(other.name).toMatch(/^x{48}-\d{8}-[0-9a-f]{6}$/);
    await expect(recordDataset(database, tenant, { collection: 'none' })).rejects.toMatchObject({
      code: 'COLLECTION_NOT_FOUND',
    });
  });
});
