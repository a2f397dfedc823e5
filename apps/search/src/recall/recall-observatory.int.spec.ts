import { QueryRequest } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import { defaultMediaLimits } from '@kindred/embedder';
import { nearestRecall } from '@kindred/ranking';
import { type Caller, Log, Metrics } from '@kindred/runtime';
import {
  addLiveRecall,
  CollectionDirectory,
  type LiveIndex,
  promote,
  RecallProbe,
  readLayout,
  Search,
} from '@kindred/vector-index';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { FakeEmbedder, fakeVector, must, onField, Shop } from '../../../../libs/vector-index/src/shop.fake.spec.ts';
import { testDatabases } from '../../../../test/support/databases.ts';
import { QueryLog } from '../query-log.ts';
import { SearchService } from '../search.service.ts';
import { RecallHistory } from './recall-history.ts';
import { RecallObservatory } from './recall-observatory.ts';
import { addRecallSample } from './recall-sample.store.ts';

const adjectives = 'black white fast quiet small large wireless cheap bright 작은'.split(' ');
const nouns = 'mouse keyboard laptop printer cable monitor speaker camera phone charger 무선마우스 키보드'.split(' ');
const items = Array.from({ length: 600 }, (_, at) => ({
  itemId: `i${at}`,
  title: `${adjectives[at % 10]} ${nouns[(at * 3) % 12]} model ${at}`,
  price: at,
}));
const { signal } = new AbortController();

describe.each(testDatabases())('the recall observatory on $name', ({ open }) => {
  let database: Database;

  beforeAll(async () => {
    database = await open();
  });

  /** A shop with an index of its own, where the driver builds one, and everything that watches its queries. */
  async function watched(tenant: string, options: { share: number; on?: Database; pauseMs?: number }) {
    const shop = await Shop.open(database, tenant, [], { kind: 'hnsw' });
    await shop.put(items);
    await promote(database, tenant, shop.collection.collectionId, shop.model, {
      kind: 'hnsw',
      m: 4,
      efConstruction: 8,
    });
    const directory = new CollectionDirectory(database);
    const embedder = new FakeEmbedder();
    const search = new Search(database, directory, embedder);
    const media = { limits: defaultMediaLimits, resources: {} };
    const queries = new QueryLog(database, directory, Log.silent(), false);
    const service = new SearchService(search, database, directory, media, queries);
    const metrics = new Metrics();
    const probe = new RecallProbe(database, directory, search.chooser);
    const { on = database, share, pauseMs = 0 } = options;
    const observatory = new RecallObservatory(on, probe, metrics, Log.silent(), { share, pauseMs });
    service.onAnswer((request, { plan }) => observatory.note(request, plan));
    const caller: Caller = { tenant, role: 'reader', requestId: 'r' };
    const ask = (more: Partial<QueryRequest>) =>
      service.query(QueryRequest.create({ collection: 'shop', ...more }), caller, signal);
    const history = new RecallHistory(database, directory);
    const points = async () => (await history.get(tenant, { collection: 'shop', since: undefined })).points;
    return { ask, points, probe, search, metrics, observatory, history, shop };
  }

  const text = { by: { $case: 'text', value: 'wireless 키보드' } } as const;
  const vector = (of: string): Pick<QueryRequest, 'by'> => ({
    by: { $case: 'vector', value: { values: [...fakeVector(of)], model: '' } },
  });
  const params = { exact: false, efSearch: 12, distance: 0 };
  const cheap = must(onField('price', { $case: 'range', value: { lt: 500 } }));

  it('answers sampled queries again and keeps their recall by band', async (context) => {
    if (database.driver === 'pglite') return context.skip('PGlite builds no approximate index');
    const { ask, points, metrics } = await watched('sampled', { share: 1 });
    await ask({ ...vector('black mouse'), params });
    await vi.waitFor(async () => expect(await points()).toHaveLength(1), 10_000);
    await ask({ ...text, params });
    await vi.waitFor(async () => expect(await points()).toMatchObject([{ queries: 2n }]), 10_000);
    const [point] = await points();
    expect(point).toMatchObject({ collection: 'shop', band: '1' });
    expect(point!.recall).toBeGreaterThan(0);
    expect(point!.recall).toBeLessThanOrEqual(1);
    expect(point!.worst).toBeLessThanOrEqual(point!.recall);
    expect(Date.now() - point!.hour!.getTime()).toBeLessThan(3_600_000 + 60_000);
    expect(await metrics.text()).toContain('kindred_recall_count{collection="shop",band="1"} 2');
  });

  it('compares with what exact search gives, filters included', async (context) => {
    if (database.driver === 'pglite') return context.skip('PGlite builds no approximate index');
    const { probe, search } = await watched('compared', { share: 0 });
    for (const filter of [undefined, cheap]) {
      const by = { kind: 'vector', values: [...fakeVector('cheap camera')], model: '' } as const;
      const request = { tenant: 'compared', collection: 'shop', by, efSearch: 12, filter };
      const { hits } = await search.query({ ...request, exact: true });
      const found = await search.query(request);
      const [exact, approximate] = [hits, found.hits].map((list) => list.map((hit) => -hit.score));
      expect((await probe.probe(request))!.recall).toBeCloseTo(nearestRecall(10, approximate!, exact!));
    }
  });

  it('leaves exact answers, later pages and the share that was not drawn alone', async () => {
    const { ask, points, observatory, probe } = await watched('alone', { share: 0.5 });
    const probed = vi.spyOn(probe, 'probe');
    vi.spyOn(Math, 'random').mockReturnValueOnce(0.5).mockReturnValue(0.1);
    const first = await ask({ ...vector('black mouse'), params });
    await ask({ ...vector('black mouse'), params: { exact: true, distance: 0 } });
    await ask({ ...vector('black mouse'), params, pageToken: first.nextPageToken });
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(probed).not.toHaveBeenCalled();
    expect(await points()).toEqual([]);
    vi.restoreAllMocks();
    await observatory.beforeApplicationShutdown();
  });

  it('takes no more than it can wait with, and stops at once', async (context) => {
    if (database.driver === 'pglite') return context.skip('PGlite builds no approximate index');
    const { ask, points, observatory } = await watched('stopped', { share: 1, pauseMs: 60_000 });
    for (let at = 0; at < 25; at++) await ask({ ...vector('black mouse'), params });
    await observatory.beforeApplicationShutdown();
    await ask({ ...vector('black mouse'), params });
    expect(await points()).toEqual([]);
  });

  it('goes on measuring where the database is a replica that keeps nothing', async (context) => {
    if (database.driver === 'pglite') return context.skip('PGlite builds no approximate index');
    const replica: Database = {
      ...database,
      transaction: async () => {
        throw Object.assign(new Error('cannot execute INSERT in a read-only transaction'), { code: '25006' });
      },
    };
    const { ask, points, metrics } = await watched('replica', { share: 1, on: replica });
    await ask({ ...vector('black mouse'), params });
    await vi.waitFor(async () => expect(await metrics.text()).toContain('kindred_recall_count'), 10_000);
    await ask({ ...vector('white mouse'), params });
    await vi.waitFor(
      async () => expect(await metrics.text()).toContain('kindred_recall_count{collection="shop",band="1"} 2'),
      10_000,
    );
    expect(await points()).toEqual([]);
  });

  it('adds up the samples of an hour, forgets after 90 days, and keeps tenants apart', async () => {
    const { shop, points, history } = await watched('added', { share: 0 });
    const { collectionId } = shop.collection;
    const sample = { collectionId, band: '0.01-0.1' } as const;
    await database.query(
      { tenant: 'added' },
      `insert into kindred.recall_samples values (kindred.tenant(), $1, '1', now() - interval '91 days', 1, 1, 1)`,
      [collectionId],
    );
    await database.transaction({ tenant: 'added' }, async (sql) => {
      for (const recall of [1, 0.7]) await addRecallSample(sql, { ...sample, recall });
      await addRecallSample(sql, { collectionId, band: '1', recall: 0.9 });
    });
    expect(await points()).toMatchObject([
      { band: '1', queries: 1n, recall: 0.9, worst: 0.9 },
      { band: '0.01-0.1', queries: 2n, recall: 0.85, worst: 0.7 },
    ]);
    expect((await history.get('added', { collection: '', since: new Date(0) })).points).toHaveLength(2);
    const nothing = { points: [], indexes: [] };
    expect(await history.get('somebody-else', { collection: '', since: new Date(0) })).toEqual(nothing);
    await expect(history.get('added', { collection: '없음', since: undefined })).rejects.toMatchObject({
      code: 'COLLECTION_NOT_FOUND',
    });
  });

  it('tells what was measured of the index that is in use, and of no other', async (context) => {
    if (database.driver === 'pglite') return context.skip('PGlite builds no approximate index');
    const { shop, history } = await watched('indexed', { share: 0 });
    const { collectionId } = shop.collection;
    const add = (partition: string, recall: number) =>
      database.query(
        { tenant: 'indexed' },
        `insert into kindred.index_recall (tenant_id, collection_id, partition, rows, probes, points)
         values (kindred.tenant(), $1, ('kindred.' || quote_ident($2))::regclass, 600, 100, $3::jsonb)`,
        [collectionId, partition, JSON.stringify([{ efSearch: 20, recall, error: 0.01 }])],
      );
    await add(`${shop.model.table}_c${collectionId}`, 0.9);
    await add(`${shop.model.table}`, 0.1);
    const { indexes } = await history.get('indexed', { collection: 'shop', since: undefined });
    expect(indexes).toMatchObject([
      {
        collection: 'shop',
        recall: { probes: 100, rows: 600n, breadths: [{ efSearch: 20, recall: 0.9, error: 0.01 }] },
      },
    ]);
    expect(indexes[0]!.model).toMatch(/@/);
    expect(indexes[0]!.live).toBeUndefined();
    const layout = await readLayout(database, shop.collection);
    const index = layout.models[0]!.index as LiveIndex;
    await database.transaction({ tenant: 'indexed' }, async (sql) => {
      for (let at = 0; at < 200; at++) await addLiveRecall(sql, collectionId, index, [{ efSearch: 15, recall: 1 }]);
    });
    const [live] = (await history.get('indexed', { collection: 'shop', since: undefined })).indexes;
    expect(live!.live).toMatchObject({
      queries: 200n,
      breadths: [{ efSearch: 15, recall: 1, error: 0 }, {}, {}, {}, {}, {}, {}, {}],
    });
  });

  it('tells the planner what each breadth finds, once 200 queries were measured', async (context) => {
    if (database.driver === 'pglite') return context.skip('PGlite builds no approximate index');
    const { shop, probe } = await watched('planned', { share: 0 });
    const { collectionId } = shop.collection;
    const values = [...fakeVector('cheap camera')];
    const by = { kind: 'vector', values, model: '' } as const;
    const { byBreadth } = (await probe.probe({ tenant: 'planned', collection: 'shop', by, efSearch: 12 }))!;
    const index = byBreadth!.index;
    expect(byBreadth!.found[0]!.efSearch).toBe(15);
    expect(byBreadth!.found.slice(0, -1).every(({ recall }) => recall < 1)).toBe(true);
    const live = async () => (await readLayout(database, shop.collection)).models[0]!.index!.live;
    const add = (times: number, recall: number, of = index) =>
      database.transaction({ tenant: 'planned' }, async (sql) => {
        for (let at = 0; at < times; at++) {
          await addLiveRecall(sql, collectionId, of, [
            { efSearch: 15, recall },
            { efSearch: 20, recall: 1 },
          ]);
        }
      });
    await add(100, 0.8);
    await add(99, 1);
    expect(await live()).toBeUndefined();
    await add(1, 1);
    await add(300, 0, { ...index, spec: { ...index.spec, m: 32 } });
    const { queries, points } = (await live())!;
    expect(queries).toBe(200);
    expect(points).toHaveLength(8);
    expect(points.slice(0, 2)).toEqual([
      { efSearch: 15, recall: expect.closeTo(0.9), error: expect.closeTo(0.1 / Math.sqrt(200)) },
      { efSearch: 20, recall: 1, error: 0 },
    ]);
    await database.query({ tenant: 'planned' }, `update kindred.live_recall set hour = hour - interval '8 days'`);
    expect(await live()).toBeUndefined();
    await add(1, 1);
    const [kept] = await database.query({ tenant: 'planned' }, 'select count(*)::int as rows from kindred.live_recall');
    expect(kept).toEqual({ rows: 8 });
  });

  it('learns nothing of breadths from filters, nor from pages below ten', async (context) => {
    if (database.driver === 'pglite') return context.skip('PGlite builds no approximate index');
    const { probe } = await watched('unlearned', { share: 0 });
    const by = { kind: 'vector', values: [...fakeVector('cheap camera')], model: '' } as const;
    const request = { tenant: 'unlearned', collection: 'shop', by, efSearch: 12 };
    expect(await probe.probe({ ...request, filter: cheap })).not.toHaveProperty('byBreadth');
    expect(await probe.probe({ ...request, limit: 5 })).not.toHaveProperty('byBreadth');
  });
});
