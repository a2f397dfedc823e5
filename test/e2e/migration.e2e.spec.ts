import { Kindred, KindredClient } from '@kindred/client';
import { MigrationState, SearchMode } from '@kindred/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demoCollections } from '../../apps/kindred/src/demo/demo-collections.ts';
import { readDemo } from '../../apps/kindred/src/demo/demo-files.ts';
import { kafkaBrokers, postgresUrl } from '../support/backends.ts';
import { until } from '../support/kindred-process.ts';
import { type KeyedMessage, kcat } from '../support/producers.ts';
import { SearchLoad } from '../support/search-load.ts';
import { Stack } from '../support/stack.ts';

const [databaseUrl, brokers] = [postgresUrl(), kafkaBrokers()];
/** The whole demo has 19,406. */
const productCount = Number(process.env.MIGRATION_ITEMS ?? 3_000);
const collection = 'products';
const to = { name: 'shop-words', version: '' };

describe.skipIf(!databaseUrl || !brokers)(`changing the model of ${productCount} products under load`, () => {
  let stack: Stack;
  let models: KindredClient;
  let load: SearchLoad;

  beforeAll(async () => {
    stack = await Stack.start(databaseUrl!, brokers!);
    const catalog = new Kindred({ address: stack.grpc.get('ingestion')! });
    await catalog.rpc.catalog.putCollection({ collection: demoCollections.find(({ name }) => name === collection) });
    catalog.close();
    models = new KindredClient({ address: stack.grpc.get('embedding')!, deadlineMs: 300_000 });
    const products: KeyedMessage[] = [];
    for await (const { key, value } of readDemo('products')) {
      if (products.length === productCount) break;
      products.push({ key: String(key), value });
    }
    await kcat(brokers!, 'items.v1', products);
    await allWell(BigInt(productCount));
    load = new SearchLoad(
      stack.grpc.get('search')!,
      collection,
      products.map(({ value }) => titleOf(value)),
    );
  });
  afterAll(async () => {
    await load?.stop();
    models?.close();
    await stack?.stop();
  });

  it('fails no query and mixes no answer while it fills, is killed, switches, goes back and forgets', async () => {
    for await (const answer of models.words.trainWords(training())) void answer;
    const { model } = await models.models.getModel({ model: to });
    expect(model).toMatchObject({ takes: ['text'], dataset: expect.stringContaining(collection) });
    load.start(4);
    const plan = await models.models.planMigration({ collection, to });
    expect(plan.items).toBe(BigInt(productCount));
    // Slow enough to be killed in the middle of.
    await models.models.startMigration({ collection, to, itemsPerSecond: productCount / 3 });
    await until('a part is filled', async () => (await migration()).done > 0n, 60_000);
    await stack.process('embedding').kill();
    await stack.process('embedding').start();
    await kcat(brokers!, 'items.v1', changed());
    await until('the new model is ready', async () => isReady(await migration()), 300_000);
    await allWell(BigInt(productCount));
    const { comparison } = await models.models.compareModels({ collection, recent: 50 });
    expect(comparison!.queries).toBeGreaterThan(0);
    await models.models.activateModel({ collection });
    await until('searches are answered by the new model', async () => load.latest === to.name, 30_000);
    await models.models.rollbackModel({ collection });
    await until('searches are answered by the old model', async () => load.latest !== to.name, 30_000);
    await models.models.rollbackModel({ collection });
    await until('searches are answered by the new model again', async () => load.latest === to.name, 30_000);
    const { deletedVectors } = await models.models.dropModel({ collection, model: { name: 'kindred-text' } });
    expect(deletedVectors).toBe(BigInt(productCount));
    const { queries, failures, mixed, models: answering } = await load.stop();
    console.log(`${queries} queries during the migration, ${failures.length} failed, ${mixed} mixed`);
    expect(failures).toEqual([]);
    expect(mixed).toBe(0);
    expect([...answering].sort()).toEqual(['kindred-text', to.name]);
  });

  it('finds what changed meanwhile, with the new model', async () => {
    const search = new KindredClient({ address: stack.grpc.get('search')! });
    const by = { $case: 'text' as const, value: '한정판 교체 상품' };
    const { hits, plan } = await search.search.query({ collection, by, mode: SearchMode.SEARCH_MODE_DENSE, limit: 5 });
    expect(plan!.model).toBe(to.name);
    expect(hits[0]!.item!.title).toContain('한정판');
    search.close();
  });

  async function* training() {
    const parameters = { dimensions: 48, epochs: 2, subwordBuckets: 20_000 };
    yield { part: { $case: 'header' as const, value: { name: to.name, collection, parameters } } };
  }

  function changed(): KeyedMessage[] {
    return Array.from({ length: 50 }, (_, at) => {
      const event = { kind: 'upserted', collection, item_id: `late-${at}`, title: `한정판 교체 상품 ${at}`, price: 10 };
      // The same number goes, so that the count stays.
      return { key: `${collection}/late-${at}`, value: JSON.stringify({ ...event, item_id: load.ids[at] }) };
    });
  }

  const migration = async () => (await models.models.getMigration({ collection })).migration!;

  async function allWell(items: bigint): Promise<void> {
    await until(
      'every product has the right vector of every model',
      async () => {
        const { vectors } = await models.models.getVectorStatus({ collection });
        const well = vectors.every((one) => one.items === items && one.missing + one.stale + one.orphaned === 0n);
        return vectors.length > 0 && well;
      },
      300_000,
      500,
    );
  }
});

const isReady = ({ state }: { state: MigrationState }) => state === MigrationState.MIGRATION_STATE_READY;
const titleOf = (value: string) => JSON.parse(value) as { item_id: string; title: string };
