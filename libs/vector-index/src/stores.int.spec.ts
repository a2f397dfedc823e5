import type { Database } from '@kindred/database';
import { beforeAll, describe, expect, it } from 'vitest';
import { testDatabases } from '../../../test/support/databases.ts';
import { collectionsChannel } from './collection.store.ts';
import { CollectionDirectory } from './collection-directory.ts';
import { collectionStatus } from './collection-status.store.ts';
import { contentHash } from './content.ts';
import { deleteDocuments, upsertDocuments } from './document.store.ts';
import { readModels } from './models/model.store.ts';
import { ensureModel } from './models/model-table.ts';
import { deleteVectors, readLedger, touchRevisions, upsertVectors } from './models/vector.store.ts';
import { fakeIdentity, fakeVector, Shop } from './shop.fake.spec.ts';

describe.each(testDatabases())('the stores on $name', ({ open }) => {
  let database: Database;
  beforeAll(async () => {
    database = await open();
  });

  it('keep the newest revision of a vector, whatever comes in which order', async () => {
    const { model, collection, tenant } = await Shop.open(database, 'ledger');
    const id = collection.collectionId;
    const row = (itemId: string, revision: bigint, text: string) => ({
      itemId,
      revision,
      contentHash: contentHash(text),
      vector: fakeVector(text),
    });
    await database.transaction({ tenant }, async (sql) => {
      await upsertVectors(database, sql, model, id, [
        row('🖱️', 5n, 'five'),
        row("o'x", 2n ** 62n, 'b'),
        row('🖱️', 4n, 'four'),
      ]);
      await upsertVectors(database, sql, model, id, [row('🖱️', 3n, 'three')]);
      await touchRevisions(sql, model, id, [
        { itemId: '🖱️', revision: 9n },
        { itemId: "o'x", revision: 1n },
      ]);
    });
    const ledger = await database.transaction({ tenant }, (sql) => readLedger(sql, model, id, ['🖱️', "o'x", 'none']));
    expect(ledger).toEqual(
      new Map([
        ['🖱️', { contentHash: contentHash('five'), revision: 9n }],
        ["o'x", { contentHash: contentHash('b'), revision: 2n ** 62n }],
      ]),
    );
    await database.transaction({ tenant }, (sql) => deleteVectors(sql, model, id, ['🖱️']));
    const after = await database.transaction({ tenant }, (sql) => readLedger(sql, model, id, ['🖱️', "o'x"]));
    expect([...after.keys()]).toEqual(["o'x"]);
  });

  it('refuse a vector of another length', async () => {
    const { model, collection, tenant } = await Shop.open(database, 'lengths');
    const row = { itemId: 'a', revision: 1n, contentHash: contentHash('a'), vector: new Float32Array(3) };
    const write = database.transaction({ tenant }, (sql) =>
      upsertVectors(database, sql, model, collection.collectionId, [row]),
    );
    await expect(write).rejects.toThrow('64 dimensions');
  });

  it('take a text of a megabyte of rare words, and replace and delete documents', async () => {
    const { collection, tenant } = await Shop.open(database, 'long');
    const id = collection.collectionId;
    const long = Array.from({ length: 130_000 }, (_, at) => at.toString(36).padStart(7, 'q')).join(' ');
    await database.transaction({ tenant }, async (sql) => {
      await upsertDocuments(sql, id, [
        { itemId: 'long', text: long },
        { itemId: 'short', text: 'old' },
        { itemId: 'short', text: "new '; drop table kindred.documents; --" },
      ]);
      await upsertDocuments(sql, id, []);
      await deleteDocuments(sql, id, ['absent']);
    });
    const rows = await database.query<{ item_id: string; tokens: string; exact: boolean }>(
      { tenant },
      `select item_id, left(tokens, 40) as tokens, length = (select sum(cardinality(positions)) from unnest(terms)) as exact
         from kindred.documents where collection_id = $1 order by item_id`,
      [id],
    );
    expect(rows.map((row) => row.exact)).toEqual([true, true]);
    expect(rows[1]!.tokens).toBe('new drop tabl kindr document');
    await database.transaction({ tenant }, (sql) => deleteDocuments(sql, id, ['long', 'short']));
    const left = await database.query({ tenant }, 'select from kindred.documents where collection_id = $1', [id]);
    expect(left).toEqual([]);
  });

  it('register a model once, for many at once, and refuse another one under its name', async () => {
    const identity = { ...fakeIdentity, name: 'Model/ñ "x"', version: "1'" };
    const tables = await Promise.all([1, 2, 3].map(() => ensureModel(database, 'models', identity)));
    expect(new Set(tables).size).toBe(1);
    expect(tables[0]!.table).toMatch(/^vectors_[a-z0-9_]+$/);
    expect((await ensureModel(database, 'others', identity)).table).toBe(tables[0]!.table);
    const models = await database.transaction({ tenant: 'models' }, readModels);
    expect(models.map(({ name, state }) => [name, state])).toEqual([['Model/ñ "x"', 'registered']]);
    const other = { ...identity, artifactHash: '0'.repeat(64) };
    await expect(ensureModel(database, 'models', other)).rejects.toThrow('registered with other content');
  });

  it('count what is missing, stale and orphaned', async () => {
    const shop = await Shop.open(database, 'counts');
    await shop.put([1, 2, 3, 4].map((at) => ({ itemId: `i${at}`, title: `thing ${at}` })));
    await shop.put([{ itemId: 'i5', title: 'no vector' }], { vectors: false });
    await shop.put([{ itemId: 'i1', title: 'another text' }], { vectors: false });
    await database.query({ tenant: 'counts' }, `update kindred.items set deleted = true where item_id = 'i2'`);
    expect(await collectionStatus(database, shop.collection)).toEqual({
      name: 'shop',
      items: 4n,
      vectors: 4n,
      missing: 1n,
      stale: 1n,
      orphaned: 1n,
      model: 'fake-text',
      vectorMethod: 'vector_exact',
      lexicalMethod: 'bm25_exact',
    });
  });

  it('see a changed collection at its notification', async () => {
    await Shop.open(database, 'changing');
    const directory = new CollectionDirectory(database);
    const heard = new Promise<string>((resolve) => directory.onChange(resolve));
    expect((await directory.get('changing', 'shop')).model).toBe('');
    await database.transaction({ tenant: 'changing' }, async (sql) => {
      await sql.query(`update kindred.collections set unknown_attributes = 'refuse' where name = 'shop'`);
      await sql.query('select pg_notify($1, $2)', [collectionsChannel, 'changing/shop']);
    });
    expect(await heard).toBe('changing/shop');
    expect((await directory.get('changing', 'shop')).unknownAttributes).toBe('refuse');
    await expect(directory.get('changing', 'none')).rejects.toMatchObject({ code: 'COLLECTION_NOT_FOUND' });
    await directory.close();
  });

  it('work on a server that refuses to listen, as a replica does', async () => {
    await Shop.open(database, 'replica');
    const deaf: Database = Object.assign(Object.create(null), {
      query: database.query.bind(database),
      listen: async () => {
        throw Object.assign(new Error('cannot execute LISTEN during recovery'), { code: '25006' });
      },
    });
    expect((await new CollectionDirectory(deaf).get('replica', 'shop')).name).toBe('shop');
  });
});
