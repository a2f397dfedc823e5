import { IndexState } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import { ModelPool } from '@kindred/embedder';
import { Log } from '@kindred/runtime';
import { BackgroundPromotion, type BuildReason, CollectionDirectory, keepIndex, promote } from '@kindred/vector-index';
import { beforeAll, describe, expect, it } from 'vitest';
import { testDatabases } from '../../../../test/support/databases.ts';
import { TargetDirectory } from '../vectors/target-directory.ts';
import { FakeModel, Workshop } from '../workshop.fake.spec.ts';
import { IndexService } from './index.service.ts';
import { IndexWatch } from './index-watch.ts';

describe.each(testDatabases())('indexes on $name', ({ name, open }) => {
  let database: Database;
  beforeAll(async () => {
    database = await open();
  });

  async function opened(tenant: string, titles: string[]) {
    const model = new FakeModel('fake', '1', 96);
    const shop = new Workshop(database, [model], tenant);
    const collection = await shop.collection();
    await shop.putAndAnnounce(
      collection,
      titles.map((title, at) => ({ id: `i${at}`, title })),
    );
    const built: (BuildReason | undefined)[] = [];
    const promotion = new BackgroundPromotion(database, ({ reason, error }) => {
      if (error) throw error;
      built.push(reason);
    });
    const collections = new CollectionDirectory(database);
    const targets = new TargetDirectory(database, new ModelPool([model]));
    const parts = { database, collections, targets, promotion, log: Log.silent() };
    const declare = async (settings: object) => {
      const sql = 'update kindred.collections set index_settings = $1::jsonb where collection_id = $2';
      await database.query({ tenant }, sql, [JSON.stringify(settings), collection.collectionId]);
      collections.invalidate(tenant, 'shop');
    };
    return {
      collection,
      targets,
      collections,
      built,
      declare,
      watch: new IndexWatch(parts),
      indexes: new IndexService(parts),
    };
  }

  const titles = Array.from({ length: 60 }, (_, at) => `무선 마우스 model ${at}`);

  it('are built, shown and changed as declared, without a write', async () => {
    const { watch, indexes, declare, built } = await opened('watched', titles);
    expect(await indexes.list('watched', '')).toMatchObject([
      { collection: 'shop', method: 'none', rows: 60n, state: IndexState.INDEX_STATE_READY, bloat: 1 },
    ]);
    await declare({ kind: 'hnsw', m: 8, efConstruction: 32 });
    const [due] = await indexes.list('watched', 'shop');
    const embedded = name === 'pglite';
    expect(due).toMatchObject(
      embedded ? { state: IndexState.INDEX_STATE_READY } : { state: IndexState.INDEX_STATE_DUE, reason: 'large' },
    );
    await watch.sweep();
    const hnsw = { method: 'hnsw', element: 'halfvec', distance: 'inner_product', m: 8, efConstruction: 32, rows: 60n };
    expect((await indexes.list('watched', 'shop'))[0]).toMatchObject(embedded ? { method: 'none' } : hnsw);
    await declare({ kind: 'hnsw', m: 12, efConstruction: 32, distance: 'l2' });
    await watch.sweep();
    await watch.sweep();
    const changed = { ...hnsw, m: 12, distance: 'l2', state: IndexState.INDEX_STATE_READY };
    expect((await indexes.list('watched', 'shop'))[0]).toMatchObject(embedded ? { method: 'none' } : changed);
    expect(built).toEqual(embedded ? [] : ['large', 'settings']);
  });

  it('are built anew on request', async () => {
    const { indexes, declare } = await opened('asked', titles);
    await declare({ kind: 'hnsw' });
    await indexes.rebuild('asked', 'shop');
    const states = async () => (await indexes.list('asked', 'shop')).map((one) => [one.method, one.state]);
    const method = name === 'pglite' ? 'none' : 'hnsw';
    await expect.poll(states, { timeout: 20_000 }).toEqual([[method, IndexState.INDEX_STATE_READY]]);
    await expect(indexes.rebuild('asked', 'nothing')).rejects.toMatchObject({ code: 'COLLECTION_NOT_FOUND' });
  });

  it.skipIf(name === 'pglite')('leave nothing of a deleted collection, built or half built', async () => {
    const { watch, collection, targets } = await opened('gone', titles);
    const [target] = await targets.of(collection);
    const vectors = { tenant: 'gone', collectionId: collection.collectionId, model: target!.model };
    const onStep = () => {
      throw new Error('killed');
    };
    await promote(database, 'gone', collection.collectionId, 'documents');
    await expect(keepIndex(database, vectors, { kind: 'hnsw' }, { onStep })).rejects.toThrow('killed');
    const partitions = `select relname::text as name from pg_class where relkind = 'r' and relname ~ ('_c' || $1 || '(_next)?$')`;
    const count = async () => (await database.query({ tenant: 'gone' }, partitions, [collection.collectionId])).length;
    expect(await count()).toBe(3);
    await database.query({ tenant: 'gone' }, 'delete from kindred.collections where collection_id = $1', [
      collection.collectionId,
    ]);
    // Whoever reads goes first; the next look comes.
    let isSwept: (() => void) | undefined;
    const swept = new Promise<void>((resolve) => {
      isSwept = resolve;
    });
    let reader: Promise<void> | undefined;
    await new Promise<void>((reads) => {
      reader = database.transaction({ tenant: 'gone' }, async (sql) => {
        await sql.query('select from kindred.documents limit 1');
        reads();
        await swept;
      });
    });
    await watch.sweep();
    isSwept!();
    await reader;
    expect(await count()).toBe(1);
    await watch.sweep();
    expect(await count()).toBe(0);
  });
});
