import type { CreateDatasetRequest } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { testDatabases } from '../../../../test/support/databases.ts';
import { seeded, shuffled } from '../../../../test/support/random.ts';
import { DatasetService } from './dataset.service.ts';
import { hashByHand, type Item, Shelf } from './shelf.fake.spec.ts';

describe.each(testDatabases())('Datasets on $name', ({ open }) => {
  let database: Database;
  let service: DatasetService;
  let shelf: Shelf;
  beforeAll(async () => {
    database = await open();
    service = new DatasetService(database);
    shelf = new Shelf(database);
  });

  const create = (tenant: string, name: string, rest: Partial<CreateDatasetRequest> = {}) =>
    service.create(tenant, { name, collection: 'movies', description: '', ...rest });

  it('records all items and interactions under a hash that another program can repeat', async () => {
    const items: Item[] = [
      ['영화-1', 3n],
      ['🎬', 9_007_199_254_740_993n],
      ['\uff5e', 1n],
      ['Z', 2n],
      ['a b', 0n],
    ];
    const events = ['이벤트-1', '👍🏽', 'e1'];
    const tenant = await shelf.setUp(items, events);
    const made = await create(tenant, 'v1.0_a-b', { description: '첫 번째' });
    expect(made).toEqual({
      name: 'v1.0_a-b',
      collection: 'movies',
      hash: hashByHand(items, events),
      items: 5n,
      interactions: 3n,
      description: '첫 번째',
      createdAt: expect.any(Date),
    });
    expect(await service.list(tenant, { collection: '' })).toEqual([made]);
  });

  it('hashes sets of more than one run as documented', async () => {
    const items = Array.from({ length: 20_001 }, (_, index): Item => [`item-${index}`, BigInt(index)]);
    const events = Array.from({ length: 10_000 }, (_, index) => `event-${index}`);
    const tenant = await shelf.setUp(items, events);
    expect(await create(tenant, 'large')).toMatchObject({ hash: hashByHand(items, events), items: 20_001n });
    expect(await service.verify(tenant, { name: 'large' })).toMatchObject({ intact: true, changedItems: 0n });
  });

  it('gives the same content the same hash, in whatever order it was stored', async () => {
    const id = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }).filter((text) => !/\p{Cc}/u.test(text));
    const items = fc.uniqueArray(fc.tuple(id, fc.bigInt(0n, 2n ** 63n - 1n)), {
      selector: ([key]) => key,
      maxLength: 20,
    });
    const sets = fc.tuple(items, fc.uniqueArray(id, { maxLength: 20 }), fc.integer());
    await fc.assert(
      fc.asyncProperty(sets, async ([rows, events, seed]) => {
        const random = seeded(seed);
        const one = await create(await shelf.setUp(rows, events), 'd');
        const other = await create(await shelf.setUp(shuffled(rows, random), shuffled(events, random)), 'd');
        expect(one.hash).toBe(hashByHand(rows, events));
        expect(other.hash).toBe(one.hash);
      }),
      { numRuns: 15 },
    );
  });

  it('does not change with the rows: verifying tells how far they moved on', async () => {
    const tenant = await shelf.setUp(
      [
        ['가', 1n],
        ['나', 1n],
        ['다', 1n],
      ],
      ['e1'],
    );
    const before = await create(tenant, 'd');
    await shelf.upsert(tenant, [
      ['가', 2n],
      ['라', 1n],
    ]);
    await database.query({ tenant }, `update items set deleted = true where item_id = '나'`);
    await database.query({ tenant }, `delete from items where item_id = '다'`);
    await shelf.interact(tenant, ['e2']);
    expect(await service.verify(tenant, { name: 'd' })).toEqual({
      dataset: before,
      intact: true,
      computedHash: before.hash,
      changedItems: 1n,
      goneItems: 2n,
      goneInteractions: 0n,
    });
  });

  it('tells a record that was tampered with', async () => {
    const tenant = await shelf.setUp(
      [
        ['a', 1n],
        ['b', 1n],
      ],
      ['e1', 'e2'],
    );
    const { hash } = await create(tenant, 'd');
    await database.query({ tenant }, `delete from dataset_items where item_id = 'a'`);
    await database.query(
      { tenant },
      `insert into dataset_items select tenant_id, dataset_id, 'a', 2 from datasets where name = 'd'`,
    );
    const verified = await service.verify(tenant, { name: 'd' });
    expect(verified).toMatchObject({
      intact: false,
      computedHash: hashByHand(
        [
          ['a', 2n],
          ['b', 1n],
        ],
        ['e1', 'e2'],
      ),
    });
    expect(verified.dataset!.hash).toBe(hash);
  });

  it('refuses every update of what was recorded', async () => {
    const tenant = await shelf.setUp([['a', 1n]], ['e1']);
    await create(tenant, 'd');
    const updates = [
      'update dataset_items set revision = 2',
      `update dataset_interactions set event_id = 'x'`,
      `update datasets set hash = 'x'`,
      `update datasets set name = 'x'`,
    ];
    for (const text of updates) {
      await expect(database.query({ tenant }, text), text).rejects.toThrow('datasets do not change');
    }
    expect(await service.verify(tenant, { name: 'd' })).toMatchObject({ intact: true });
  });

  it('counts interactions that are gone, with their member rows or without', async () => {
    const tenant = await shelf.setUp([], ['e1', 'e2', 'e3']);
    await create(tenant, 'd');
    await database.query({ tenant }, `delete from interactions where event_id in ('e1', 'e2')`);
    expect(await service.verify(tenant, { name: 'd' })).toMatchObject({ intact: true, goneInteractions: 2n });
    await database.query({ tenant }, `delete from dataset_interactions where event_id = 'e1'`);
    expect(await service.verify(tenant, { name: 'd' })).toMatchObject({ intact: false, goneInteractions: 2n });
  });

  it('compares two datasets, with the first ids of each kind', async () => {
    const many = Array.from({ length: 9 }, (_, index): Item => [`n${index}`, 1n]);
    const tenant = await shelf.setUp(
      [
        ['고침', 1n],
        ['그대로', 1n],
        ['🗑', 1n],
      ],
      ['e1', 'e2'],
    );
    await create(tenant, 'left', { interactionsBefore: new Date('2026-02-01T00:00:00Z') });
    await shelf.upsert(tenant, [['고침', 2n], ...many]);
    await database.query({ tenant }, `update items set deleted = true where item_id = '🗑'`);
    await database.query({ tenant }, `delete from interactions where event_id = 'e1'`);
    await shelf.interact(tenant, ['e3', 'e4', 'e5'], '2026-03-01T00:00:00Z');
    await create(tenant, 'right');
    const there = {
      addedItems: 9n,
      removedItems: 1n,
      changedItems: 1n,
      addedInteractions: 3n,
      removedInteractions: 1n,
      examples: ['+n0', '+n1', '+n2', '+n3', '+n4', '-🗑', '~고침'],
    };
    expect(await service.diff(tenant, { left: 'left', right: 'right' })).toEqual(there);
    expect(await service.diff(tenant, { left: 'right', right: 'left' })).toMatchObject({
      addedItems: 1n,
      removedItems: 9n,
      addedInteractions: 1n,
      removedInteractions: 3n,
    });
    expect(await service.diff(tenant, { left: 'left', right: 'left' })).toEqual({
      addedItems: 0n,
      removedItems: 0n,
      changedItems: 0n,
      addedInteractions: 0n,
      removedInteractions: 0n,
      examples: [],
    });
  });

  it('takes only interactions that occurred before the given time', async () => {
    const tenant = await shelf.setUp([], ['old']);
    await shelf.interact(tenant, ['new'], '2026-06-01T00:00:00Z');
    const made = await create(tenant, 'd', { interactionsBefore: new Date('2026-06-01T00:00:00Z') });
    expect(made).toMatchObject({ interactions: 1n, hash: hashByHand([], ['old']) });
  });

  it('records an empty collection', async () => {
    const tenant = await shelf.setUp();
    expect(await create(tenant, 'd')).toMatchObject({ items: 0n, interactions: 0n, hash: hashByHand([], []) });
    expect(await service.verify(tenant, { name: 'd' })).toMatchObject({ intact: true, goneInteractions: 0n });
  });

  it('lists the newest first, of one collection where asked', async () => {
    const tenant = await shelf.setUp([['a', 1n]]);
    await shelf.addCollection(tenant, 'shop');
    for (const name of ['first', 'second']) await create(tenant, name);
    await create(tenant, 'third', { collection: 'shop' });
    const names = async (collection: string) => (await service.list(tenant, { collection })).map(({ name }) => name);
    expect(await names('')).toEqual(['third', 'second', 'first']);
    expect(await names('movies')).toEqual(['second', 'first']);
    await expect(names('nothing')).rejects.toMatchObject({ code: 'COLLECTION_NOT_FOUND', field: 'collection' });
  });

  it('keeps tenants apart, also under equal names', async () => {
    const mine = await shelf.setUp([['a', 1n]], ['e1']);
    const theirs = await shelf.setUp([['b', 1n]], ['e2']);
    await create(mine, 'd');
    expect(await service.list(theirs, { collection: '' })).toEqual([]);
    for (const call of [service.verify(theirs, { name: 'd' }), service.diff(theirs, { left: 'd', right: 'd' })]) {
      await expect(call).rejects.toMatchObject({ code: 'DATASET_NOT_FOUND' });
    }
    expect(await create(theirs, 'd')).toMatchObject({ hash: hashByHand([['b', 1n]], ['e2']), items: 1n });
    expect(await service.verify(mine, { name: 'd' })).toMatchObject({ intact: true, goneItems: 0n });
  });

  it('refuses a name that is taken and leaves nothing behind', async () => {
    const tenant = await shelf.setUp([['a', 1n]]);
    const first = await create(tenant, 'd');
    await shelf.upsert(tenant, [['b', 1n]]);
    await expect(create(tenant, 'd')).rejects.toMatchObject({ code: 'DATASET_EXISTS', field: 'name' });
    expect(await service.list(tenant, { collection: '' })).toEqual([first]);
    expect(await database.query({ tenant }, 'select item_id from dataset_items')).toEqual([{ item_id: 'a' }]);
  });

  it('lets one of several creators of a name win', async () => {
    const tenant = await shelf.setUp([['a', 1n]], ['e1']);
    const settled = await Promise.allSettled(Array.from({ length: 4 }, () => create(tenant, 'd')));
    const lost = settled.filter((one) => one.status === 'rejected');
    expect(lost.map(({ reason }) => reason.code)).toEqual(['DATASET_EXISTS', 'DATASET_EXISTS', 'DATASET_EXISTS']);
    expect(await service.list(tenant, { collection: '' })).toHaveLength(1);
    expect(await service.verify(tenant, { name: 'd' })).toMatchObject({ intact: true });
  });

  it('names the field that it cannot take', async () => {
    const tenant = await shelf.setUp();
    const invalid = (field: string, code = 'FIELD_INVALID') => ({ code, field });
    for (const name of ['', 'A', '영화', 'a b', 'a/b', 'a\n', 'x'.repeat(65)]) {
      await expect(create(tenant, name), name).rejects.toMatchObject(invalid('name'));
      await expect(service.verify(tenant, { name }), name).rejects.toMatchObject(invalid('name'));
      await expect(service.diff(tenant, { left: name, right: 'd' }), name).rejects.toMatchObject(invalid('left'));
    }
    await create(tenant, 'x'.repeat(64));
    const right = service.diff(tenant, { left: 'x'.repeat(64), right: 'none' });
    await expect(right).rejects.toMatchObject(invalid('right', 'DATASET_NOT_FOUND'));
    const never = create(tenant, 'd', { interactionsBefore: new Date(Number.NaN) });
    await expect(never).rejects.toMatchObject(invalid('interactions_before'));
    const long = create(tenant, 'd', { description: '가'.repeat(1_366) });
    await expect(long).rejects.toMatchObject(invalid('description', 'FIELD_TOO_LARGE'));
    const nowhere = create(tenant, 'd', { collection: '없음' });
    await expect(nowhere).rejects.toMatchObject(invalid('collection', 'COLLECTION_NOT_FOUND'));
  });
});
