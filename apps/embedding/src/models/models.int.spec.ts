import { MigrationState } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import { type CollectionRow, noteQueries, Search } from '@kindred/vector-index';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { testDatabases } from '../../../../test/support/databases.ts';
import { FakeModel, Workshop } from '../workshop.fake.spec.ts';

const titles = ['red shoe', 'blue shoe', '무선 마우스', 'wireless keyboard', 'red hat', '빨간 구두'];

describe.each(testDatabases())('models on $name', ({ open }) => {
  let database: Database;
  let old: FakeModel;
  let fresh: FakeModel;
  let shop: Workshop;
  let collection: CollectionRow;
  let part = 0;

  beforeAll(async () => {
    database = await open();
  });
  beforeEach(async () => {
    old = new FakeModel('old', '1', 96);
    fresh = new FakeModel('fresh', '2', 128);
    shop = new Workshop(database, [old, fresh], `models-${++part}`);
    collection = await shop.collection();
    await shop.putAndAnnounce(
      collection,
      titles.map((title, at) => ({ id: `i${at}`, title })),
    );
    await shop.register('fresh', '2');
  });

  const to = { name: 'fresh', version: '' };
  const start = () => shop.models.start(shop.tenant, { collection: 'shop', to });
  const migration = async () => (await shop.models.migration(shop.tenant, { collection: 'shop' })).migration;
  const activate = () =>
    shop.models.activate(shop.tenant, { collection: 'shop', model: undefined, acceptRefused: false });

  /** What a search service would answer, with which model. */
  async function searched(text: string) {
    const search = new Search(database, shop.collections, {
      embed: async (_tenant, table, input) => {
        const model = [old, fresh].find(({ name }) => name === table.name)!;
        return { model: table.identity, vector: (await model.embed([input]))[0]! };
      },
    });
    const { hits, plan } = await search.query({
      tenant: shop.tenant,
      collection: 'shop',
      by: { kind: 'text', text },
      mode: 'dense',
      limit: 3,
    });
    return { model: plan.model, best: hits[0]?.item?.title };
  }

  it('are registered with what they are, and refused under a name that stands for another', async () => {
    const { model } = await shop.models.get(shop.tenant, { model: to });
    expect(model).toMatchObject({ name: 'fresh', version: '2', dimensions: 128, takes: ['text'], normalization: 'l2' });
    const other = new Workshop(database, [old, new FakeModel('fresh', '2', 32)], shop.tenant);
    await expect(other.register('fresh', '2')).rejects.toMatchObject({ code: 'MODEL_EXISTS', field: 'version' });
    await expect(shop.models.get(shop.tenant, { model: { name: 'none', version: '' } })).rejects.toMatchObject({
      code: 'MODEL_NOT_FOUND',
      field: 'model',
    });
  });

  it.each([
    [{ name: '한글' }, 'FIELD_INVALID', 'name'],
    [{ version: '' }, 'FIELD_INVALID', 'version'],
    [{ provider: 'nobody' }, 'MODEL_UNUSABLE', 'provider'],
    [{ parameters: { apiKey: 'sk-1' } }, 'FIELD_INVALID', 'parameters.apiKey'],
    [{ parameters: { api_key: 'sk-1' } }, 'FIELD_INVALID', 'parameters.api_key'],
  ])('are refused with %j', async (wrong, code, field) => {
    const right = { name: 'n', version: '1', provider: 'fake', parameters: {}, dataset: '', metrics: {} };
    const refusal = await shop.models.register(shop.tenant, { ...right, ...wrong }).catch((error) => error);
    expect(refusal).toMatchObject({ code, field });
    expect(String(refusal.message)).not.toContain('sk-1');
  });

  it('are planned for: rows, texts, characters, speed, bytes; and nothing changes', async () => {
    await shop.putAndAnnounce(collection, [{ id: 'twin', title: 'red shoe' }]);
    const plan = await shop.models.plan(shop.tenant, { collection: 'shop', to }, new AbortController().signal);
    expect(plan).toMatchObject({ from: { name: 'old', version: '1' }, to: { name: 'fresh' }, items: 7n, inputs: 6n });
    expect(plan.inputsPerSecond).toBeGreaterThan(0);
    expect(await migration()).toBeUndefined();
    expect(await searched('red shoe')).toEqual({ model: 'old', best: 'red shoe' });
  });

  it('are changed without an answer of a mixture: fill, switch, roll back, drop', async () => {
    await start();
    expect(await searched('blue shoe')).toEqual({ model: 'old', best: 'blue shoe' });
    await expect(activate()).rejects.toMatchObject({ code: 'MIGRATION_NOT_POSSIBLE' });
    await shop.reconciler.settle();
    expect(await migration()).toMatchObject({ state: MigrationState.MIGRATION_STATE_READY, items: 6n, done: 6n });
    // A live event goes to both.
    await shop.putAndAnnounce(collection, [{ id: 'i9', title: '새 신발' }]);
    expect(await activate()).toEqual({
      active: { name: 'fresh', version: '2' },
      previous: { name: 'old', version: '1' },
    });
    expect(await searched('새 신발')).toEqual({ model: 'fresh', best: '새 신발' });
    await shop.putAndAnnounce(collection, [{ id: 'i10', title: 'after the switch' }]);
    await shop.models.rollback(shop.tenant, { collection: 'shop' });
    expect(await searched('after the switch')).toEqual({ model: 'old', best: 'after the switch' });
    await shop.models.rollback(shop.tenant, { collection: 'shop' });
    const drop = { collection: 'shop', model: { name: 'old', version: '1' } };
    expect(await shop.models.drop(shop.tenant, drop)).toEqual({ deletedVectors: 8n });
    await expect(shop.models.rollback(shop.tenant, { collection: 'shop' })).rejects.toMatchObject({
      code: 'MIGRATION_NOT_POSSIBLE',
    });
    await expect(shop.models.drop(shop.tenant, { collection: 'shop', model: to })).rejects.toMatchObject({
      code: 'MIGRATION_NOT_POSSIBLE',
      field: 'model',
    });
    const { model } = await shop.models.get(shop.tenant, { model: drop.model });
    expect(model!.collections).toEqual([]);
    expect(await searched('red hat')).toEqual({ model: 'fresh', best: 'red hat' });
  });

  it('go on filling where a killed process ended', async () => {
    const many = Array.from({ length: 500 }, (_, at) => ({
      id: `m${String(at).padStart(3, '0')}`,
      title: `thing ${at}`,
    }));
    await shop.putAndAnnounce(collection, many);
    await start();
    let batches = 0;
    fresh.before = async () => {
      batches += 1;
      if (batches === 2) throw new Error('killed');
    };
    await shop.reconciler.settle();
    const killed = fresh.embedded.length;
    expect(killed).toBe(200);
    fresh.before = async () => {};
    await database.query(
      { tenant: shop.tenant },
      `update kindred.collection_models set retry_at = '-infinity' where tenant_id = kindred.tenant()`,
    );
    const other = new Workshop(database, [old, fresh], shop.tenant);
    await other.reconciler.settle();
    // What was marked during the run is looked at once more.
    await other.reconciler.settle();
    expect(fresh.embedded).toHaveLength(506);
    expect(new Set(fresh.embedded).size).toBe(506);
    expect(await migration()).toMatchObject({ state: MigrationState.MIGRATION_STATE_READY });
  });

  it('say that they wait, and why, while the provider fails', async () => {
    await start();
    fresh.failure = new Error('the key was revoked');
    await shop.reconciler.settle();
    expect(await migration()).toMatchObject({
      state: MigrationState.MIGRATION_STATE_WAITING,
      reason: 'the key was revoked',
    });
    expect(await searched('red hat')).toEqual({ model: 'old', best: 'red hat' });
  });

  it('do not take over while they refuse items, unless that is accepted', async () => {
    await shop.putAndAnnounce(collection, [{ id: 'bad', title: 'x' }]);
    await shop.put(collection, [{ id: 'bad', title: 'refused by both' }]);
    await start();
    await shop.reconciler.settle();
    await expect(activate()).rejects.toMatchObject({ code: 'MIGRATION_NOT_POSSIBLE', field: 'accept_refused' });
    const accepted = { collection: 'shop', model: to, acceptRefused: true };
    expect(await shop.models.activate(shop.tenant, accepted)).toMatchObject({ active: { name: 'fresh' } });
  });

  it('are compared on recent and judged queries', async () => {
    await start();
    await shop.reconciler.settle();
    await database.transaction({ tenant: shop.tenant }, (sql) =>
      noteQueries(sql, collection.collectionId, ['red shoe', '무선 마우스'], 100),
    );
    const judged = [{ text: 'blue shoe', grades: { i1: 3, i0: 1 } }];
    const request = { collection: 'shop', left: undefined, right: undefined, judged };
    const { comparison } = await shop.models.compare(shop.tenant, request, new AbortController().signal);
    expect(comparison).toMatchObject({
      left: { name: 'old' },
      right: { name: 'fresh' },
      queries: 3,
      judgedQueries: 1,
      leftNdcgAt10: expect.any(Number),
    });
    expect(comparison!.overlapAt10).toBe(1);
    const { model } = await shop.models.get(shop.tenant, { model: to });
    expect(model!.metrics).toHaveProperty('ndcg@10 shop');
  });

  it('are not compared where one has no vectors, or nobody asked anything', async () => {
    const nothing = { collection: 'shop', left: undefined, right: undefined, judged: [] };
    const compare = () => shop.models.compare(shop.tenant, nothing, new AbortController().signal);
    await expect(compare()).rejects.toMatchObject({ code: 'MIGRATION_NOT_POSSIBLE', field: 'right' });
    await start();
    await shop.reconciler.settle();
    await expect(compare()).rejects.toMatchObject({ code: 'FIELD_MISSING', field: 'judged' });
  });

  it('are not begun twice, nor towards the one that is searched', async () => {
    await start();
    await start();
    await shop.register('old');
    const back = { collection: 'shop', to: { name: 'old', version: '1' } };
    await expect(shop.models.start(shop.tenant, back)).rejects.toMatchObject({ code: 'MIGRATION_NOT_POSSIBLE' });
    const odd = { collection: 'shop', to, itemsPerSecond: -1 };
    await expect(shop.models.start(shop.tenant, odd)).rejects.toMatchObject({ field: 'items_per_second' });
  });

  it('follow a release with another built-in one by themselves', async () => {
    const newer = new FakeModel('old', '2', 20);
    const upgraded = new Workshop(database, [newer], shop.tenant);
    await upgraded.reconciler.settle();
    await upgraded.reconciler.settle();
    const [status] = await upgraded.status('shop');
    expect(status).toMatchObject({ model: { name: 'old', version: '2' }, vectors: 6n, missing: 0n });
    expect(await upgraded.status('shop')).toHaveLength(1);
  });

  it('are repaired exactly: missing, stale and orphaned vectors', async () => {
    await shop.reconciler.settle();
    await shop.put(collection, [
      { id: 'i0', title: 'a stale text' },
      { id: 'i1', title: 'x', deleted: true },
      { id: 'new', title: 'a missing vector' },
    ]);
    expect(await shop.status()).toMatchObject([
      { items: 6n, missing: 1n, stale: 1n, orphaned: 1n, reconciling: false },
    ]);
    await shop.models.reconcile(shop.tenant, { collection: '', model: undefined, retryRefused: false });
    await shop.reconciler.settle();
    expect(await shop.status()).toMatchObject([
      { items: 6n, vectors: 6n, missing: 0n, stale: 0n, orphaned: 0n, reconciling: false },
    ]);
    expect(await searched('a stale text')).toEqual({ model: 'old', best: 'a stale text' });
  });
});
