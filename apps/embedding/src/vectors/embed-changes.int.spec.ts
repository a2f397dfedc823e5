import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Database } from '@kindred/database';
import { defaultMediaLimits } from '@kindred/embedder';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { testDatabases } from '../../../../test/support/databases.ts';
import { FakeModel, Workshop } from '../workshop.fake.spec.ts';

describe.each(testDatabases())('vectors of changed items on $name', ({ open }) => {
  let database: Database;
  let model: FakeModel;
  let images: FakeModel;
  let shop: Workshop;
  let part = 0;

  beforeAll(async () => {
    database = await open();
  });
  beforeEach(() => {
    model = new FakeModel('words', '1', 16);
    images = new FakeModel('pictures', '1', 8, ['image']);
    shop = new Workshop(database, [model, images], `changes-${++part}`);
  });

  const kinds = (outcomes: { kind: string }[]) => outcomes.map(({ kind }) => kind);

  it('are made once per text, however many items have it and however often the change comes', async () => {
    const collection = await shop.collection();
    const other = await shop.collection('archive');
    const ids = ['a', 'b', 'ㄱ'];
    await shop.putAndAnnounce(
      collection,
      ids.map((id) => ({ id, title: '무선 마우스' })),
    );
    await shop.announce(collection, ids);
    await shop.putAndAnnounce(other, [{ id: 'x', title: '무선 마우스' }]);
    // Another process, which remembers nothing.
    const restarted = new Workshop(database, [model], shop.tenant);
    await restarted.announce(collection, ids);
    expect(model.embedded).toEqual(['무선 마우스']);
    expect(await shop.status()).toMatchObject([
      { collection: 'archive', items: 1n, vectors: 1n, missing: 0n, stale: 0n },
      { collection: 'shop', items: 3n, vectors: 3n, missing: 0n, stale: 0n },
    ]);
  });

  it('are not made again for a revision with the same text, and follow a new text', async () => {
    const collection = await shop.collection();
    await shop.putAndAnnounce(collection, [{ id: 'a', title: 'red shoe' }]);
    await shop.putAndAnnounce(collection, [{ id: 'a', title: 'red shoe', imageUrl: 'https://example.com/1.png' }]);
    expect(model.embedded).toEqual(['red shoe']);
    await shop.putAndAnnounce(collection, [{ id: 'a', title: 'blue shoe' }]);
    expect(model.embedded).toEqual(['red shoe', 'blue shoe']);
    expect(await shop.status()).toMatchObject([{ missing: 0n, stale: 0n, orphaned: 0n }]);
  });

  it('are in the segments of their items, new, changed and beside others that go', async () => {
    const { tenant } = shop;
    const { collectionId } = await shop.collection();
    const query = <Row>(text: string, values: unknown[] = []) => database.query<Row>({ tenant }, text, values);
    await query(`update kindred.collections set index_settings = '{"segments": ["categories"]}'`);
    shop.collections.invalidate(tenant, 'shop');
    const collection = await shop.collections.get(tenant, 'shop');
    await shop.putAndAnnounce(collection, [{ id: 'a', title: 'one' }]);
    const [model] = await query<{ vector_table: string }>('select vector_table from kindred.models');
    const { vector_table: table } = model!;
    await query(
      `insert into kindred.vector_segments (tenant_id, collection_id, vector_table, facts)
       values (kindred.tenant(), $1, $2, array[kindred.fact($1, '@categories', '"tools"')])`,
      [collectionId, table],
    );
    await shop.put(collection, [{ id: 'b', title: 'two' }]);
    await query(`update kindred.items set categories = '{tools}'`);
    await shop.announce(collection, ['b']);
    await shop.putAndAnnounce(collection, [
      { id: 'a', title: 'one', deleted: true },
      { id: 'b', title: 'another' },
      { id: 'c', title: 'three' },
    ]);
    const rows = await query<{ item_id: string; many: number | null }>(
      `select item_id, cardinality(segments) as many from kindred.${table} order by item_id`,
    );
    expect(rows).toEqual([
      { item_id: 'b', many: 1 },
      { item_id: 'c', many: null },
    ]);
  });

  it('go with their item', async () => {
    const collection = await shop.collection();
    await shop.putAndAnnounce(collection, [{ id: 'a', title: 'one' }]);
    await shop.putAndAnnounce(collection, [{ id: 'a', title: 'one', deleted: true }]);
    expect(await shop.status()).toMatchObject([{ items: 0n, vectors: 0n, orphaned: 0n }]);
  });

  it('are missing for the refused item alone, which becomes a dead letter with the reason', async () => {
    const collection = await shop.collection();
    const outcomes = await shop.putAndAnnounce(collection, [
      { id: 'a', title: 'one' },
      { id: 'b', title: 'a refused text' },
      { id: 'c', title: 'three' },
    ]);
    expect(kinds(outcomes)).toEqual(['done', 'rejected', 'done']);
    const [status] = await shop.status();
    expect(status).toMatchObject({ items: 3n, vectors: 2n, missing: 1n, refused: 1n });
    expect(status!.refusals).toMatchObject([{ itemId: 'b', reason: expect.stringContaining('liking') }]);
    await shop.putAndAnnounce(collection, [{ id: 'b', title: 'a better text' }]);
    expect(await shop.status()).toMatchObject([{ vectors: 3n, missing: 0n, refused: 0n, refusals: [] }]);
  });

  it('wait for a model that fails, are made when it works again, and nothing was lost or refused', async () => {
    const collection = await shop.collection();
    await shop.putAndAnnounce(collection, [{ id: 'a', title: 'before' }]);
    model.failure = new Error('429 for a while');
    const outcomes = await shop.putAndAnnounce(collection, [
      { id: 'a', title: 'changed' },
      { id: 'b', title: 'new' },
    ]);
    expect(kinds(outcomes)).toEqual(['done', 'done']);
    await shop.reconciler.settle();
    expect(await shop.status()).toMatchObject([
      { vectors: 1n, missing: 1n, stale: 1n, refused: 0n, reconciling: true, reason: '429 for a while' },
    ]);
    model.failure = undefined;
    await database.query(
      { tenant: shop.tenant },
      `update kindred.collection_models set retry_at = '-infinity' where tenant_id = kindred.tenant()`,
    );
    await shop.reconciler.settle();
    expect(await shop.status()).toMatchObject([
      { vectors: 2n, missing: 0n, stale: 0n, reconciling: false, reason: '' },
    ]);
  });

  it('of one model go on while another one fails', async () => {
    await shop.register('pictures');
    const collection = await shop.collection('photos', { imageModel: 'pictures' });
    images.failure = new Error('away');
    const picture = 'data:image/png;base64,iVBORw0KGgoAAAAA';
    const outcomes = await shop.putAndAnnounce(collection, [{ id: 'a', title: 'a cat', imageUrl: picture }]);
    expect(kinds(outcomes)).toEqual(['done']);
    expect(model.embedded).toEqual(['a cat']);
    expect((await shop.status()).map(({ kind, missing, reason }) => [kind, missing, reason])).toEqual([
      ['image', 1n, 'away'],
      ['text', 0n, ''],
    ]);
  });

  describe('with pictures', () => {
    const server = createServer((request, response) => {
      const status = request.url === '/gone.png' ? 404 : 200;
      response.writeHead(status, { 'content-type': 'image/png' });
      response.end(Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.from(request.url ?? '')]));
    });
    let address: string;

    beforeAll(async () => {
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    });
    afterAll(() => void server.close());

    it('are made of the picture, and once while its address stays', async () => {
      const allowed = { limits: defaultMediaLimits, resources: { allowPrivate: true } };
      shop = new Workshop(database, [model, images], `changes-${++part}`, allowed);
      await shop.register('pictures');
      const collection = await shop.collection('photos', { imageModel: 'pictures' });
      const pictures = ['a', 'b', 'gone'].map((id) => ({ id, title: id, imageUrl: `${address}/${id}.png` }));
      const outcomes = await shop.putAndAnnounce(collection, [...pictures, { id: 'none', title: 'no picture' }]);
      expect(kinds(outcomes)).toEqual(['done', 'done', 'rejected', 'done']);
      expect(outcomes[2]).toMatchObject({ error: { code: 'MEDIA_UNREACHABLE' } });
      await shop.putAndAnnounce(collection, [{ ...pictures[0]!, title: 'another title' }]);
      expect(images.embedded).toHaveLength(2);
      expect((await shop.status('photos'))[0]).toMatchObject({ kind: 'image', items: 3n, vectors: 2n, refused: 1n });
    });

    it('refuse addresses inside the network, and say so', async () => {
      await shop.register('pictures');
      const collection = await shop.collection('photos', { imageModel: 'pictures' });
      const outcomes = await shop.putAndAnnounce(collection, [{ id: 'a', title: 'cat', imageUrl: `${address}/a.png` }]);
      expect(outcomes).toMatchObject([{ kind: 'rejected', error: { code: 'MEDIA_ADDRESS_REFUSED' } }]);
      const rows = await shop.status('photos');
      expect(rows.map(({ kind, missing, refused }) => [kind, missing, refused])).toEqual([
        ['image', 1n, 1n],
        ['text', 0n, 0n],
      ]);
    });
  });
});
